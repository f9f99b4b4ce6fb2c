// What the page's scripts share, as `dateline`, and the frame: views, the panel beside, messages for screen readers.
// No script here makes HTML of words: what the page shows comes from the server, escaped.

window.dateline = (() => {
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const narrow = window.matchMedia("(max-width: 900px)");
  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // Tells the server: sets off the `select` of the component that `parts.wire(name)` made.
  function send(name, detail = {}) {
    document.dispatchEvent(new CustomEvent(`dateline:${name}`, { detail }));
  }

  // Something that happened on the page: "answered", "shown" (a view), "again".
  function tell(name, detail = {}) {
    document.dispatchEvent(new CustomEvent(`dateline-${name}`, { detail }));
  }

  function on(name, what) {
    document.addEventListener(`dateline-${name}`, (event) => what(event.detail));
  }

  // A click on whatever matches the selector, now or later.
  function clicked(selector, what) {
    document.addEventListener("click", (event) => {
      const found = event.target.closest?.(selector);
      if (found) what(found, event);
    });
  }

  // Calls once the page has an element for the selector: Gradio builds the page after the scripts have run.
  function ready(selector, what) {
    const found = find(selector);
    if (found) return void what(found);
    new MutationObserver((_, observer) => {
      const late = find(selector);
      if (!late) return;
      observer.disconnect();
      what(late);
    }).observe(document.documentElement, { childList: true, subtree: true });
  }

  function reveal(element, block) {
    element.scrollIntoView({ behavior: calm.matches ? "auto" : "smooth", block });
  }

  // A sentence of `datelineWords` with what belongs in its braces.
  function filled(sentence, ...given) {
    return given.reduce((so, one) => so.replace("{}", () => one), sentence);
  }

  // A piece of the page from the server, escaped there; throws with a sentence for people.
  async function piece(address, options) {
    const answer = await fetch(address, options).catch(() => null);
    if (!answer) throw new Error(datelineWords.lost);
    const told = await answer.text();
    if (answer.ok) return told;
    throw new Error(problem(told) || filled(datelineWords.status, answer.status));
  }

  function problem(told) {
    try {
      return JSON.parse(told).detail;
    } catch {
      return "";
    }
  }

  // Says something to screen readers.
  function say(words) {
    let live = find("#said");
    if (!live) {
      live = document.createElement("div");
      live.id = "said";
      live.className = "unseen";
      live.setAttribute("role", "status");
      find(".gradio-container")?.append(live);
    }
    live.textContent = words;
  }

  // Views: the address says which, "#search" or "#search?words=…".
  const [home] = ["ask"];
  const wanted = () => location.hash.slice(1).split("?")[0] || home;
  const words = () => new URLSearchParams(location.hash.split("?")[1] ?? "");

  function turn() {
    const name = find(`#view-${CSS.escape(wanted())}`) ? wanted() : home;
    document.body.dataset.view = name;
    for (const tab of all("#masthead .tabs a")) {
      if (tab.dataset.tab === name) tab.setAttribute("aria-current", "page");
      else tab.removeAttribute("aria-current");
    }
    tell("shown", { view: name, words: words() });
  }

  function show(view, given = {}) {
    const said = new URLSearchParams(given).toString();
    const hash = `#${view}${said ? `?${said}` : ""}`;
    if (location.hash === hash || (view === home && !location.hash && !said)) turn();
    else location.hash = hash;
  }

  window.addEventListener("hashchange", turn);
  ready("#masthead .tabs", turn);
  clicked("[data-tab]", (tab, event) => {
    event.preventDefault();
    show(tab.dataset.tab);
  });

  // The panel: kept open or closed on a wide screen, a drawer on a narrow one.
  function panel(open) {
    if (narrow.matches) document.body.classList.toggle("panel-open", open);
    else {
      document.body.classList.toggle("panel-closed", !open);
      localStorage.setItem("panel", open ? "open" : "closed");
    }
    find("#menu")?.setAttribute("aria-expanded", String(isOpen()));
  }

  function isOpen() {
    const has = (name) => document.body.classList.contains(name);
    return narrow.matches ? has("panel-open") : !has("panel-closed");
  }

  ready("#menu", () => panel(!narrow.matches && localStorage.getItem("panel") !== "closed"));
  clicked("#menu", () => panel(!isOpen()));
  document.addEventListener("click", (event) => {
    if (narrow.matches && isOpen() && !event.target.closest("#panel, #menu")) panel(false);
  });

  return { all, calm, clicked, filled, find, isOpen, narrow, on, panel, piece, ready, reveal, say, send, show, tell, words };
})();
