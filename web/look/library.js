// The plain search, the archive at a glance, adding articles, and removing them.

(() => {
  const { all, clicked, filled, find, on, piece, ready, say, show } = dateline;
  const words = window.datelineWords;
  const json = { "content-type": "application/json" };
  const post = (address, body) => piece(address, { method: "POST", headers: json, body: JSON.stringify(body) });

  function trouble(error, again) {
    const told = document.createElement("div");
    told.className = "trouble";
    told.setAttribute("role", "alert");
    const line = document.createElement("p");
    line.textContent = error.message;
    told.append(line);
    if (again) {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "button", textContent: words.retry, onclick: again });
      told.append(button);
    }
    return told;
  }

  // Puts a piece from the server into a place; what was asked later wins.
  async function fill(place, address) {
    const mine = (place.asked = (place.asked ?? 0) + 1);
    place.dataset.moment = words.moment;
    place.setAttribute("aria-busy", "true");
    try {
      const shown = await piece(address);
      if (mine === place.asked) place.innerHTML = shown;
    } catch (error) {
      if (mine === place.asked) place.replaceChildren(trouble(error, () => fill(place, address)));
    }
    if (mine === place.asked) place.removeAttribute("aria-busy");
  }

  // --- search ---

  const form = () => find("#search-form");
  const names = ["words", "order", "first", "last", "source", "section"];

  const narrowing = ["first", "last", "source", "section"];

  // What can be chosen, from the server; a choice of nothing is none.
  async function offer(list, chosen) {
    const address = `/page/${list.name}s?${new URLSearchParams({ [list.name]: chosen })}`;
    list.innerHTML = await piece(address).catch(() => list.innerHTML);
    if (list.name === "section") list.parentElement.hidden = list.options.length < 2;
  }

  function typed() {
    const given = Object.fromEntries(new FormData(form()));
    if (given.order === "best") delete given.order;
    return Object.fromEntries(Object.entries(given).filter(([, value]) => value.trim()));
  }

  async function search(asked) {
    const fields = form();
    fields.elements.words.value = asked.get("words") ?? "";
    fields.elements.order.value = asked.get("order") ?? "best";
    fields.elements.first.value = asked.get("first") ?? "";
    fields.elements.last.value = asked.get("last") ?? "";
    await Promise.all(["source", "section"].map((name) => offer(fields.elements[name], asked.get(name) ?? "")));
    find("#search-clear").hidden = !narrowing.some((name) => asked.get(name));
    const given = new URLSearchParams([...asked].filter(([name]) => names.includes(name) || name === "page"));
    await fill(find("#found"), `/page/search?${given}`);
    find("#view-search").scrollTop = 0;
  }

  document.addEventListener("submit", (event) => {
    if (event.target !== form()) return;
    event.preventDefault();
    show("search", typed());
  });
  document.addEventListener("change", (event) => {
    if (event.target.form && event.target.form === form() && event.target.name !== "words") show("search", typed());
  });
  function clear() {
    const given = typed();
    for (const name of narrowing) delete given[name];
    show("search", given);
  }
  clicked("#search-clear, [data-clear]", clear);

  on("shown", ({ view, words: asked }) => {
    if (view === "search") {
      ready("#found", () => {
        search(asked);
        if (![...asked].length) find("#search-words").focus({ preventScroll: true });
      });
    } else if (view === "archive") {
      ready("#holdings-place", (place) => fill(place, "/page/archive"));
    } else if (view === "add") {
      ready("#add-place", enter);
    }
  });

  // --- removing ---

  clicked("[data-remove]", async (button) => {
    const { remove: id, title } = button.dataset;
    const { removeTitle, removeLead, remove } = words.archive;
    if (!(await dateline.confirm(removeTitle, filled(removeLead, title), remove))) return;
    try {
      await post("/page/remove", { id });
    } catch (error) {
      button.after(trouble(error));
      return;
    }
    for (const held of all(`[data-held="${CSS.escape(id)}"]`)) {
      const gone = document.createElement("p");
      gone.className = "hint";
      gone.textContent = filled(words.archive.removedIt, title);
      held.replaceChildren(gone);
    }
    say(words.archive.removed);
    recount();
  });

  async function recount() {
    const holdings = find("#holdings .holdings");
    if (holdings) holdings.textContent = await piece("/page/held").catch(() => holdings.textContent);
  }

  // --- adding ---

  async function enter(place) {
    if (!find("#way-files", place)) await fill(place, "/page/add");
    if (!find("#jobs")) return;
    await fill(find("#jobs"), "/page/jobs");
    follow();
  }

  function turnTo(name) {
    for (const tab of all(".ways [role=tab]")) {
      const chosen = tab.id === `tab-${name}`;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      find(`#way-${tab.id.slice(4)}`).hidden = !chosen;
      if (chosen) tab.focus();
    }
  }

  clicked(".ways [role=tab]", (tab) => turnTo(tab.id.slice(4)));
  document.addEventListener("keydown", (event) => {
    const tab = event.target.closest?.(".ways [role=tab]");
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!tab || !step) return;
    const tabs = all(".ways [role=tab]");
    turnTo(tabs.at((tabs.indexOf(tab) + step) % tabs.length).id.slice(4));
  });

  // Each of what is being added is looked at until it is done.
  function follow() {
    find(".job-head").hidden = !find("#jobs .job");
    for (const job of all("#jobs .job.running[data-job]:not([data-followed])")) {
      job.dataset.followed = "yes";
      setTimeout(() => look(job), 400);
    }
  }

  async function look(job) {
    if (!job.isConnected) return;
    let shown;
    try {
      shown = await piece(`/page/jobs/${job.dataset.job}`);
    } catch (error) {
      job.replaceWith(trouble(error));
      return;
    }
    const made = document.createElement("template");
    made.innerHTML = shown;
    const next = made.content.firstElementChild;
    job.replaceWith(next);
    if (next.dataset.state === "done") {
      say(find(".told, .bad", next)?.textContent ?? words.adding.done);
      recount();
    }
    follow();
  }

  async function begin(address, body) {
    const made = document.createElement("template");
    made.innerHTML = await post(address, body);
    find("#jobs").prepend(made.content);
    follow();
  }

  // A file on its way to the server, with how much of it has arrived.
  function sent(file, told) {
    return new Promise((done, fail) => {
      const request = new XMLHttpRequest();
      request.open("POST", `/page/add/file?${new URLSearchParams({ name: file.name })}`);
      request.upload.onprogress = (event) => told(event.loaded);
      request.onerror = () => fail(new Error(filled(words.adding.notSent, file.name)));
      request.onload = () => {
        let said = {};
        try {
          said = JSON.parse(request.responseText);
        } catch {
          // the status tells what there is to tell
        }
        if (request.status === 200) done(said.file);
        else fail(new Error(said.detail ?? filled(words.adding.notTaken, file.name, request.status)));
      };
      request.send(file);
    });
  }

  async function send(files) {
    const total = files.reduce((sum, file) => sum + file.size, 0);
    const job = document.createElement("section");
    job.className = "job running";
    const name = document.createElement("h3");
    name.textContent = files.length === 1 ? files[0].name : filled(words.adding.files, files.length);
    const bar = document.createElement("div");
    bar.className = "bar";
    const progress = Object.assign(document.createElement("progress"), { max: Math.max(total, 1), value: 0 });
    progress.setAttribute("aria-label", words.adding.send);
    const label = Object.assign(document.createElement("span"), { textContent: words.adding.send });
    bar.append(label, progress, document.createElement("span"));
    job.append(name, bar);
    find("#jobs").prepend(job);
    follow();
    const tickets = [];
    const refused = [];
    let before = 0;
    for (const file of files) {
      try {
        tickets.push(await sent(file, (loaded) => (progress.value = before + loaded)));
      } catch (error) {
        refused.push(error);
      }
      before += file.size;
    }
    try {
      if (tickets.length) await begin("/page/add/files", { files: tickets });
    } catch (error) {
      refused.push(error);
    }
    job.remove();
    for (const error of refused) find("#jobs").prepend(trouble(error));
  }

  document.addEventListener("change", (event) => {
    if (event.target.id !== "add-files") return;
    const files = [...event.target.files];
    event.target.value = "";
    if (files.length) send(files);
  });
  document.addEventListener("submit", async (event) => {
    const way = event.target.closest("#way-address, #way-text");
    if (!way) return;
    event.preventDefault();
    for (const old of all(".trouble", way)) old.remove();
    const given = Object.fromEntries([...new FormData(way)].filter(([, value]) => value.trim()));
    const button = find("[type=submit]", way);
    button.disabled = true;
    try {
      await begin(way.id === "way-text" ? "/page/add/text" : "/page/add/address", given);
      way.reset();
    } catch (error) {
      way.append(trouble(error));
    }
    button.disabled = false;
  });
  clicked("#forget", async () => {
    await piece("/page/jobs", { method: "DELETE" }).catch(() => "");
    await fill(find("#jobs"), "/page/jobs");
    follow();
  });

  // A file that is dropped beside the place for it would take the page's place.
  for (const name of ["dragover", "drop"]) {
    document.addEventListener(name, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      const open = document.body.dataset.view === "add" && find("#way-files:not([hidden])");
      find(".drop")?.classList.toggle("over", Boolean(open) && name === "dragover");
      if (name === "drop" && open) {
        const files = [...event.dataTransfer.files];
        if (files.length) send(files);
      }
    });
  }
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) find(".drop")?.classList.remove("over");
  });
})();
