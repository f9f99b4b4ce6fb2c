// The keys that work everywhere on the page.

(() => {
  const { clicked, find } = dateline;
  const help = () => find("#shortcuts");
  const writes = (element) => element.closest?.("input, textarea, select, [contenteditable], dialog[open]");

  const keys = {
    "/": () => {
      dateline.show("ask");
      dateline.box()?.focus();
    },
    "?": () => help()?.showModal(),
    j: () => dateline.step(1),
    k: () => dateline.step(-1),
    n: () => dateline.again(),
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") return void escape(event);
    if (writes(event.target)) return;
    const arrow = { ArrowRight: "j", ArrowLeft: "k" }[event.key];
    if (arrow && !dateline.reading()) return;
    const does = keys[arrow ?? event.key];
    if (!does) return;
    event.preventDefault();
    does();
  });

  // Closes what is open, one thing at a time; with nothing open, clears the question.
  function escape(event) {
    if (find("dialog[open]")) return;
    if (dateline.peeking()) return void dateline.hidePeek();
    if (dateline.reading()) return void dateline.closeReader();
    if (dateline.narrow.matches && dateline.isOpen()) return void dateline.panel(false);
    if (document.body.dataset.view !== "ask" || (writes(event.target) && event.target !== dateline.box())) return;
    dateline.light();
    dateline.write("");
    dateline.box()?.focus();
  }

  clicked("#help", () => help()?.showModal());
})();
