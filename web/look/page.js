// What moves on the page: chips and cards lead to each other, a new question comes to the top, keys work everywhere.
// Nothing here makes HTML: what the page shows comes from the server, escaped.

() => {
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const find = (selector, root = document) => root.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const box = () => find("#question textarea");

  function reveal(element, block) {
    element.scrollIntoView({ behavior: calm.matches ? "auto" : "smooth", block });
  }

  function turnTo(number) {
    for (const section of all(".evidence[data-turn]")) section.hidden = section.dataset.turn !== number;
  }

  function light(...elements) {
    for (const lit of all(".lit")) lit.classList.remove("lit");
    for (const element of elements) element.classList.add("lit");
  }

  function toCard(chip) {
    turnTo(chip.closest(".turn").dataset.turn);
    const card = document.getElementById(chip.dataset.card);
    if (!card) return;
    light(chip, card);
    card.focus({ preventScroll: true });
    reveal(card, "nearest");
  }

  function toChip(button) {
    const chip = find(`.chip[data-card="${button.dataset.chip}"]`);
    if (!chip) return;
    light(chip, button.closest(".card"));
    chip.focus({ preventScroll: true });
    reveal(chip, "center");
  }

  function write(words) {
    const textarea = box();
    if (!textarea) return;
    textarea.value = words;
    textarea.dispatchEvent(new Event("input", { bubbles: true }));
  }

  document.addEventListener("click", (event) => {
    const chip = event.target.closest(".chip");
    const number = event.target.closest(".card .number");
    if (chip) toCard(chip);
    else if (number) toChip(number);
    else if (event.target.closest("#again")) box()?.focus();
  });

  // Asking nothing takes a moment too, and a question that is put in that moment would be dropped: Gradio sends one at
  // a time. So it is not sent. Captured, to come before the textbox's own handler.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.target !== box() || event.target.value.trim()) return;
    event.preventDefault();
    event.stopPropagation();
  }, true);

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      light();
      write("");
      box()?.focus();
    } else if (event.key === "/" && !event.target.closest("input, textarea, [contenteditable]")) {
      event.preventDefault();
      box()?.focus();
    }
  });

  // A server that has gone away leaves the last step standing: say so instead.
  async function watch(step) {
    const said = step.textContent;
    while (step.isConnected && step.textContent === said) {
      await new Promise((done) => setTimeout(done, 3000));
      const alive = await fetch("/api/v1/health").then((answer) => answer.ok, () => false);
      if (!alive && step.isConnected) {
        step.textContent = "Dateline does not answer. Is it still running? Start it again and reload this page.";
        step.classList.add("lost");
        return;
      }
    }
  }

  let turns = 0;
  let settled = true;
  function changed() {
    const now = all(".turn");
    const last = now.at(-1);
    const done = Boolean(last?.classList.contains("done"));
    // At its arrival, and once more with its answer: on a phone the page only then has its height.
    if (now.length > turns || (done && !settled)) reveal(last, "start");
    turns = now.length;
    settled = done;
    const step = last && find(".step", last);
    if (step && !step.dataset.watched) {
      step.dataset.watched = "yes";
      watch(step);
    }
    if (done) {
      light();
      find("#sources").scrollTop = 0;
    }
  }

  function begin() {
    const conversation = find("#conversation");
    if (!conversation || !box()) return void setTimeout(begin, 50);
    box().setAttribute("aria-label", "Your question");
    find("#question .submit-button")?.setAttribute("aria-label", "Ask");
    new MutationObserver(changed).observe(conversation, { childList: true, subtree: true });
    box().focus({ preventScroll: true });
  }
  begin();
}
