// Conversations: the list beside, opening one again, copying an answer, rating it. And the question before a deed.

(() => {
  const { all, clicked, filled, find, narrow, on, panel, piece, ready, reveal, say, send, tell } = dateline;
  const json = { "content-type": "application/json" };
  const post = (address, body) => piece(address, { method: "POST", headers: json, body: JSON.stringify(body) });
  const words = window.datelineWords;
  const said = words.history;
  let current = ""; // the conversation that is shown
  let limit = 40;
  let asked = 0;
  const ratings = new Map();

  // --- a question before something that cannot be undone ---

  function element(tag, given = {}, ...children) {
    const made = Object.assign(document.createElement(tag), given);
    made.append(...children);
    return made;
  }

  // Resolves to whether the person said yes.
  dateline.confirm = (title, told, yes) => new Promise((done) => {
    const form = element("form", { method: "dialog" },
      element("h2", { textContent: title }), element("p", { textContent: told, dir: "auto" }),
      element("div", { className: "choices" },
        element("button", { className: "button", value: "no", textContent: words.cancel, autofocus: true }),
        element("button", { className: "button danger", value: "yes", textContent: yes })));
    const dialog = element("dialog", { className: "confirm" }, form);
    dialog.setAttribute("aria-label", title);
    dialog.addEventListener("close", () => {
      dialog.remove();
      done(dialog.returnValue === "yes");
    });
    find(".gradio-container").append(dialog);
    dialog.showModal();
  });

  // --- the list ---

  async function refresh() {
    const list = find("#kept");
    if (!list) return;
    const wanted = find("#find-conversation").value.trim();
    const turn = ++asked;
    try {
      const shown = await piece(`/page/conversations?${new URLSearchParams(wanted ? { words: wanted } : { limit })}`);
      if (turn === asked) list.innerHTML = shown;
    } catch (error) {
      if (turn === asked) list.replaceChildren(warning(error));
    }
    mark();
  }

  function warning(error) {
    const told = element("p", { className: "warning", textContent: error.message });
    told.setAttribute("role", "alert");
    return told;
  }

  function mark() {
    for (const item of all("#kept .kept")) {
      if (item.dataset.kept === current) item.setAttribute("aria-current", "true");
      else item.removeAttribute("aria-current");
    }
  }

  ready("#kept", refresh);
  let typing;
  document.addEventListener("input", (event) => {
    if (event.target.id !== "find-conversation") return;
    clearTimeout(typing);
    typing = setTimeout(refresh, 200);
  });
  // One that is shown already is not turned to by its link.
  clicked(".kept-open", (link) => {
    const id = link.closest(".kept").dataset.kept;
    if (id === current) open(id, new URLSearchParams(link.hash.split("?")[1]).get("turn"));
  });
  clicked("#more-kept", () => {
    limit += 200;
    refresh();
  });
  clicked("#panel-new", () => {
    find("#again")?.click();
    if (narrow.matches) panel(false);
  });

  // --- which conversation is shown ---

  function settle(id) {
    current = id;
    if (id) sessionStorage.setItem("conversation", id);
    else sessionStorage.removeItem("conversation");
    if (document.body.dataset.view === "ask") history.replaceState(null, "", id ? `#ask?c=${id}` : "#ask");
    mark();
  }

  // A component of Gradio's hears what is sent once it has been put up.
  async function wired(name) {
    for (let tries = 0; tries < 200; tries += 1) {
      if (find(`#wire-${name}[data-wired], #wire-${name} [data-wired]`)) return;
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  const lasts = () => all("#conversation .actions").at(-1)?.dataset.conversation ?? "";

  async function open(id, turn) {
    if (id !== current || lasts() !== id) {
      try {
        const kept = JSON.parse(await piece(`/page/conversations/${encodeURIComponent(id)}`));
        await wired("open");
        settle(id);
        send("open", { id });
        if (kept.turns.length) await arrived(id);
        load(id);
      } catch (error) {
        settle("");
        find("#kept")?.prepend(warning(error));
        say(error.message);
        if (narrow.matches) panel(true);
        return;
      }
    }
    if (narrow.matches) panel(false);
    settle(id);
    const asked = turn && find(`.actions[data-kept-turn="${CSS.escape(`${id}.${turn}`)}"]`)?.closest(".turn");
    const shown = asked || all("#conversation .turn").at(-1);
    if (shown) reveal(shown, "start");
  }

  function arrived(id) {
    return new Promise((done) => {
      const until = setTimeout(() => (watch.disconnect(), done()), 15000);
      const look = () => {
        if (lasts() !== id) return;
        clearTimeout(until);
        watch.disconnect();
        setTimeout(done, 50); // the page scrolls to the last answer first
      };
      const watch = new MutationObserver(look);
      watch.observe(find("#conversation"), { childList: true, subtree: true });
      look();
    });
  }

  on("answered", ({ turn }) => {
    const id = find(".actions", turn)?.dataset.conversation;
    if (id) settle(id);
    refresh();
  });
  on("again", () => settle(""));

  let began = false;
  on("shown", ({ view, words: address }) => {
    const id = view === "ask" ? address.get("c") : "";
    const reloaded = !began && performance.getEntriesByType("navigation")[0]?.type === "reload";
    const before = reloaded ? sessionStorage.getItem("conversation") : "";
    began = true;
    if (id) open(id, address.get("turn"));
    else if (before) open(before);
    else if (view === "ask" && current) settle(current);
  });

  // --- the menu of a conversation ---

  function close(menu, back) {
    if (!menu || menu.hidden) return;
    menu.hidden = true;
    menu.previousElementSibling.setAttribute("aria-expanded", "false");
    if (back) menu.previousElementSibling.focus();
  }

  document.addEventListener("scroll", (event) => {
    if (event.target.id !== "kept") return;
    for (const menu of menus()) close(menu);
  }, true);

  const menus = () => all("#kept .menu:not([hidden])");

  clicked(".kept-menu", (button) => {
    const menu = button.nextElementSibling;
    const was = menu.hidden;
    for (const other of menus()) close(other);
    if (!was) return;
    menu.hidden = false;
    const [beside, own] = [button.getBoundingClientRect(), menu.getBoundingClientRect()];
    menu.style.left = `${Math.max(8, beside.right - own.width)}px`;
    const below = beside.bottom + own.height + 8 < window.innerHeight;
    menu.style.top = `${below ? beside.bottom + 2 : Math.max(8, beside.top - own.height - 2)}px`;
    button.setAttribute("aria-expanded", "true");
    find("[role=menuitem]", menu).focus();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest(".kept-menu")) return;
    for (const menu of menus()) close(menu);
  });
  document.addEventListener("keydown", (event) => {
    const [menu] = menus();
    if (!menu || !menu.parentElement.contains(event.target)) return;
    const items = all("[role=menuitem]", menu);
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (to !== undefined) items.at(to % items.length).focus();
    else if (event.key === "Escape") close(menu, true);
    else if (event.key === "Tab") return void close(menu);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, true);

  clicked("[data-do=rename]", (button) => {
    const item = button.closest(".kept");
    const link = find(".kept-open", item);
    const input = element("input", { value: find(".kept-title", item).textContent, maxLength: 120 });
    input.setAttribute("aria-label", said.name);
    const form = element("form", { className: "rename" }, input);
    const stop = () => form.replaceWith(link);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!input.value.trim()) return stop();
      try {
        await post(`/page/conversations/${item.dataset.kept}/title`, { title: input.value });
        await refresh();
        find(`.kept[data-kept="${CSS.escape(item.dataset.kept)}"] .kept-open`)?.focus();
      } catch (error) {
        form.append(warning(error));
      }
    });
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      stop();
      link.focus();
    });
    link.replaceWith(form);
    setTimeout(() => input.select());
  });

  clicked("[data-do=delete]", async (button) => {
    const item = button.closest(".kept");
    const title = find(".kept-title", item).textContent;
    if (!(await dateline.confirm(said.deleteTitle, filled(said.deleteLead, title), said.delete))) return;
    try {
      await piece(`/page/conversations/${item.dataset.kept}`, { method: "DELETE" });
      if (item.dataset.kept === current) {
        send("again");
        tell("again");
      }
      await refresh();
      say(said.deleted);
    } catch (error) {
      item.append(warning(error));
    }
  });

  // --- an answer: copy it, rate it ---

  function place(button) {
    const turn = button.closest(".actions").dataset.keptTurn;
    const cut = turn.lastIndexOf(".");
    return { turn, id: turn.slice(0, cut), number: turn.slice(cut + 1) };
  }

  async function put(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const area = element("textarea", { value: text, className: "unseen" }); // a page that is not served over HTTPS
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }

  function flash(button, told) {
    button.dataset.label ??= button.textContent;
    button.textContent = told;
    say(told);
    clearTimeout(button.flashing);
    button.flashing = setTimeout(() => (button.textContent = button.dataset.label), 1800);
  }

  clicked("[data-copy]", async (button) => {
    const { id, number } = place(button);
    const form = button.dataset.copy;
    try {
      const link = `${location.origin}${location.pathname}#ask?c=${id}&turn=${number}`;
      const address = `/page/conversations/${id}/export?form=${form}&turn=${number}`;
      await put(form === "link" ? link : await piece(address));
      flash(button, said.copied);
    } catch (error) {
      flash(button, error.message);
    }
  });

  function paint() {
    for (const actions of all("#conversation .actions")) {
      const { thumb } = ratings.get(actions.dataset.keptTurn) ?? {};
      for (const one of all("[data-thumb]", actions)) {
        one.setAttribute("aria-pressed", String(one.dataset.thumb === thumb));
      }
    }
  }

  async function load(id) {
    const given = JSON.parse(await piece(`/page/feedback/${encodeURIComponent(id)}`).catch(() => "{}"));
    for (const [turn, rating] of Object.entries(given)) ratings.set(turn, rating);
    paint();
  }

  ready("#conversation", (talk) => new MutationObserver(paint).observe(talk, { childList: true, subtree: true }));

  const comment = (thumb) => thumb === "up" ? said.whatIsGood : said.whatIsWrong;

  clicked("[data-thumb]", async (button) => {
    const { turn } = place(button);
    const form = find(".comment", button.closest(".actions"));
    const before = ratings.get(turn);
    const thumb = before?.thumb === button.dataset.thumb ? "none" : button.dataset.thumb;
    try {
      await post("/page/feedback", { turn, thumb, comment: thumb === "none" ? "" : before?.comment ?? "" });
    } catch (error) {
      form.replaceChildren(warning(error));
      form.hidden = false;
      return;
    }
    if (thumb === "none") ratings.delete(turn);
    else ratings.set(turn, { thumb, comment: before?.comment ?? "" });
    paint();
    form.hidden = thumb === "none";
    find("label span", form).textContent = comment(thumb);
    find("textarea", form).value = ratings.get(turn)?.comment ?? "";
    if (!form.hidden) reveal(form, "nearest");
    say(thumb === "none" ? said.withdrawn : said.rated);
  });

  document.addEventListener("submit", async (event) => {
    const form = event.target.closest(".actions .comment");
    if (!form) return;
    event.preventDefault();
    const { turn } = place(form);
    const remark = find("textarea", form).value;
    const { thumb } = ratings.get(turn);
    try {
      await post("/page/feedback", { turn, thumb, comment: remark });
      ratings.set(turn, { thumb, comment: remark });
      form.hidden = true;
      find(`[data-thumb=${thumb}]`, form.closest(".actions"))?.focus();
      say(said.thanks);
    } catch (error) {
      form.append(warning(error));
    }
  });
})();
