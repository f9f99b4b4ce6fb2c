// Asking: a new question comes to the top, a citation shows its quote, and leads to its card and into the reader.

(() => {
  const { all, clicked, filled, find, on, ready, reveal, say, send, show, tell } = dateline;
  const words = window.datelineWords;
  const box = () => find("#question textarea");
  const touch = window.matchMedia("(hover: none)");

  // --- the question box ----------------------------------------------------------------------------------------------

  function write(text) {
    const textarea = box();
    if (!textarea) return;
    textarea.value = text;
    textarea.dispatchEvent(new Event("input", { bubbles: true }));
  }

  clicked("[data-ask]", (button) => {
    show("ask");
    wait();
    send("ask", { question: button.dataset.ask, ...dateline.scope() });
  });
  clicked("#again", again);
  // What went wrong is tried once more, in its own place.
  clicked("[data-again]", (button) => {
    const turn = button.closest(".turn");
    write("");
    wait();
    send("ask", { question: turn.dataset.question, ...dateline.scope(), instead: Number(turn.dataset.turn) });
  });

  function again() {
    show("ask");
    waited();
    send("again");
    tell("again");
    box()?.focus();
  }

  // What narrows the next questions goes with them. Asking nothing takes a moment too, and a question that is put in
  // that moment would be dropped: Gradio sends one at a time. Captured, to come before the textbox's own handlers.
  function asking(event) {
    const empty = !box().value.trim();
    if (!empty) wait();
    const narrowed = Object.keys(dateline.scope()).length > 0;
    if (!empty && !narrowed) return;
    event.preventDefault();
    event.stopPropagation();
    if (empty) return;
    send("ask", { question: box().value, ...dateline.scope() });
    write("");
  }

  // Where others are answered first, nothing would be seen of a question until its turn.
  let turnWaited = 0;
  function wait() {
    clearTimeout(turnWaited);
    turnWaited = setTimeout(() => {
      const line = document.createElement("p");
      line.id = "queued";
      line.setAttribute("role", "status");
      line.textContent = words.queued;
      find("#queued")?.remove();
      find("#composer")?.prepend(line);
    }, 1200);
  }
  function waited() {
    clearTimeout(turnWaited);
    find("#queued")?.remove();
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && event.target === box() && !event.isComposing) asking(event);
  }, true);
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#question .submit-button")) asking(event);
  }, true);

  ready("#question textarea", (textarea) => {
    textarea.setAttribute("aria-label", words.question);
    find("#question .submit-button")?.setAttribute("aria-label", words.ask);
    if (document.body.dataset.view !== "ask") return;
    textarea.focus({ preventScroll: true });
  });
  on("shown", ({ view }) => {
    if (view === "ask" && !dateline.narrow.matches) box()?.focus({ preventScroll: true });
  });

  // --- citations and cards -------------------------------------------------------------------------------------------

  function turnTo(number) {
    for (const section of all(".evidence[data-turn]")) section.hidden = section.dataset.turn !== number;
  }

  function light(...elements) {
    for (const lit of all(".lit")) lit.classList.remove("lit");
    for (const element of elements) element?.classList.add("lit");
  }

  const cardOf = (chip) => document.getElementById(chip.dataset.card);
  const chipOf = (card) => find(`#conversation .answer .chip[data-card="${card.id}"]`);

  // A citation: its card comes up, and the article beside it.
  function cite(chip) {
    const card = cardOf(chip);
    if (!card) return;
    hidePeek();
    turnTo(chip.closest(".turn").dataset.turn);
    light(chip, card);
    reveal(card, "nearest");
    open(card, chip);
  }

  function open(card, from) {
    const others = all(".card", card.closest(".evidence")).filter((one) => one.dataset.article === card.dataset.article);
    const marks = others.map((one) => one.dataset.mark).join(",");
    dateline.read(card.dataset.article, { marks, at: card.dataset.mark.split("-")[3], from });
  }

  // The citations of the turn that is read, one after another.
  function step(by) {
    const lit = find("#conversation .chip.lit");
    const turn = lit?.closest(".turn") ?? all(".turn").at(-1);
    const chips = turn ? all(".answer .chip", turn) : [];
    if (!chips.length) return;
    const at = lit ? chips.indexOf(lit) + by : by > 0 ? 0 : chips.length - 1;
    const chip = chips[(at + chips.length) % chips.length];
    if (!dateline.narrow.matches) reveal(chip, "nearest");
    cite(chip);
    say(filled(words.citation, chip.textContent, chips.length));
  }

  clicked("#conversation .chip", (chip) => (touch.matches && peeked !== chip ? peek(chip) : cite(chip)));
  clicked(".card .number", (button) => {
    const chip = chipOf(button.closest(".card"));
    if (!chip) return;
    light(chip, button.closest(".card"));
    chip.focus({ preventScroll: true });
    reveal(chip, "center");
  });
  clicked(".card h3 .open, .card blockquote", (part) => {
    if (String(getSelection())) return;
    const card = part.closest(".card");
    light(chipOf(card), card);
    open(card, part);
  });

  // --- what a citation shows before it is opened -----------------------------------------------------------------------

  let peeked = null;
  let waiting = 0;

  function peek(chip) {
    const card = cardOf(chip);
    if (!card) return;
    hidePeek();
    peeked = chip;
    const box = document.createElement("div");
    box.id = "peek";
    box.setAttribute("role", "tooltip");
    const quote = find("mark", card) ?? find(".changed", card);
    for (const [kind, part] of [["title", find("h3", card)], ["about", find(".about", card)], ["quote", quote]]) {
      if (!part) continue;
      const piece = document.createElement("div");
      piece.className = kind;
      piece.dir = "auto";
      if (kind === "quote") piece.append(...[...part.childNodes].map((node) => node.cloneNode(true)));
      else piece.textContent = all("bdi", part).map((one) => one.textContent).join(" · ") || part.textContent;
      box.append(piece);
    }
    if (touch.matches) {
      const read = document.createElement("button");
      read.className = "button main";
      read.textContent = words.read;
      read.addEventListener("click", () => cite(chip));
      box.append(read);
    }
    find("#app").append(box);
    chip.setAttribute("aria-describedby", "peek");
    place(box, chip);
  }

  function place(box, chip) {
    if (touch.matches) return void box.classList.add("sheet");
    const at = chip.getBoundingClientRect();
    const wide = box.offsetWidth;
    const high = box.offsetHeight;
    const left = Math.min(Math.max(12, at.left + at.width / 2 - wide / 2), innerWidth - wide - 12);
    const above = at.top - high - 8;
    box.style.left = `${left}px`;
    box.style.top = `${above >= 8 ? above : Math.min(at.bottom + 8, innerHeight - high - 8)}px`;
  }

  function hidePeek() {
    clearTimeout(waiting);
    peeked?.removeAttribute("aria-describedby");
    peeked = null;
    find("#peek")?.remove();
  }

  document.addEventListener("pointerover", (event) => {
    if (event.pointerType === "touch") return;
    const chip = event.target.closest?.("#conversation .chip");
    if (chip === peeked) return;
    if (!chip) {
      if (peeked && !event.target.closest?.("#peek")) hidePeek();
      return void clearTimeout(waiting);
    }
    clearTimeout(waiting);
    waiting = setTimeout(() => peek(chip), 120);
  });
  document.addEventListener("focusin", (event) => {
    const chip = event.target.closest?.("#conversation .chip");
    if (chip?.matches(":focus-visible") && !touch.matches) peek(chip);
    else if (!event.target.closest?.("#peek")) hidePeek();
  });
  document.addEventListener("click", (event) => {
    if (peeked && !event.target.closest?.("#peek, .chip")) hidePeek();
  });
  addEventListener("scroll", () => touch.matches || hidePeek(), { capture: true, passive: true });

  // --- what comes in -------------------------------------------------------------------------------------------------

  // A server that has gone away leaves the last step standing: say so instead.
  async function watch(step) {
    const told = step.textContent;
    while (step.isConnected && step.textContent === told) {
      await new Promise((done) => setTimeout(done, 3000));
      const alive = await fetch("/api/v1/health").then((answer) => answer.ok, () => false);
      if (!alive && step.isConnected) {
        step.textContent = words.lost;
        step.classList.add("lost");
        return;
      }
    }
  }

  let turns = 0;
  let settled = true;
  function changed() {
    hidePeek();
    const now = all(".turn");
    const last = now.at(-1);
    const done = Boolean(last?.classList.contains("done"));
    if (now.length !== turns || last?.classList.contains("waiting")) waited();
    // At its arrival, and once more with its answer: on a phone the page only then has its height.
    if (now.length > turns || (done && !settled)) reveal(last, "start");
    if (done && !settled) {
      light();
      find("#sources").scrollTop = 0;
      tell("answered", { turn: last });
    }
    turns = now.length;
    settled = done || !last;
    const step = last && find(".step", last);
    if (step && !step.dataset.watched) {
      step.dataset.watched = "yes";
      watch(step);
    }
    if (!now.length) light();
    tell("changed");
  }

  ready("#conversation", (conversation) => {
    new MutationObserver(changed).observe(conversation, { childList: true, subtree: true });
  });

  Object.assign(dateline, { again, box, hidePeek, light, peeking: () => Boolean(peeked), step, write });
})();
