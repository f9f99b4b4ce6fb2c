// The reader: a whole article beside the page, its cited passages marked, the one that was asked for in sight.

(() => {
  const { all, clicked, find, narrow, on, piece, reveal, say } = dateline;
  const words = window.datelineWords;
  const frame = () => find("#reader .reader");
  const sheet = () => find("#reader .sheet");
  let from = null; // what opened it, where the focus goes back to
  let shown = ""; // the address of what is shown
  let asked = 0;

  const isOpen = () => document.body.classList.contains("reading");

  async function read(id, { marks = "", at = "", from: opener = document.activeElement } = {}) {
    const address = `/page/article/${encodeURIComponent(id)}?${new URLSearchParams({ marks })}`;
    const mine = ++asked;
    if (!isOpen()) {
      if (narrow.matches) history.pushState({ reading: true }, "");
      document.body.classList.add("reading");
    }
    from = opener;
    if (address !== shown) {
      shown = address;
      const slow = setTimeout(() => sheet().replaceChildren(line("loading", words.loading)), 150);
      try {
        const article = await piece(address);
        if (mine !== asked) return;
        sheet().innerHTML = article;
      } catch (error) {
        if (mine !== asked) return;
        shown = "";
        sheet().replaceChildren(line("changed", error.message));
      } finally {
        clearTimeout(slow);
      }
    }
    turnTo(at);
    steps();
    const title = find("h2", sheet());
    if (title) say(title.textContent);
    (find("h2", sheet()) ?? sheet()).focus({ preventScroll: true });
  }

  function line(kind, text) {
    const said = document.createElement("p");
    said.className = kind;
    said.textContent = text;
    return said;
  }

  // The passage that was asked for comes into sight; without one, the beginning.
  function turnTo(at) {
    for (const mark of all("mark.here", sheet())) mark.classList.remove("here");
    const wanted = at === "" ? [] : all(`mark[data-mark="${CSS.escape(at)}"]`, sheet());
    for (const mark of wanted) mark.classList.add("here");
    const first = wanted[0] ?? find("mark", sheet());
    if (!first) return void (sheet().scrollTop = 0);
    const height = sheet().clientHeight;
    const top = sheet().scrollTop + first.getBoundingClientRect().top - sheet().getBoundingClientRect().top;
    // With its title, where both are in sight.
    sheet().scrollTop = top + Math.min(first.offsetHeight, height / 4) < height * 0.9 ? 0 : top - height / 3;
  }

  // "2 of 5": where the citation stands in its answer.
  function steps() {
    const lit = find("#conversation .chip.lit");
    const chips = lit ? all(".answer .chip", lit.closest(".turn")) : [];
    const many = document.body.dataset.view === "ask" && chips.length > 0;
    for (const name of ["previous", "next"]) find(`[data-reader=${name}]`, frame()).hidden = !many || chips.length < 2;
    find(".of", frame()).textContent = many ? `${chips.indexOf(lit) + 1} / ${chips.length}` : "";
    find("[data-reader=back]", frame()).hidden = document.body.dataset.view !== "ask";
  }

  function close({ back = true } = {}) {
    if (!isOpen()) return;
    asked++;
    document.body.classList.remove("reading");
    if (back && history.state?.reading) history.back();
    if (from?.isConnected) from.focus({ preventScroll: true });
    else dateline.box()?.focus({ preventScroll: true });
  }

  window.addEventListener("popstate", () => close({ back: false }));
  clicked("[data-reader=close], [data-reader=back]", () => close());
  clicked("[data-reader=previous]", () => dateline.step(-1));
  clicked("[data-reader=next]", () => dateline.step(1));
  clicked("[data-read]", (button) => read(button.dataset.read, { marks: button.dataset.marks ?? "", from: button }));
  on("again", () => close());
  on("answered", () => narrow.matches || close());
  on("shown", ({ view }) => {
    if (isOpen() && dateline.readFrom && dateline.readFrom !== view) close({ back: false });
    dateline.readFrom = view;
  });

  Object.assign(dateline, { closeReader: close, read, reading: isOpen });
})();
