// What a search is narrowed to: chips that can be changed and removed, and the form behind them.

(() => {
  const { all, clicked, find, ready, send } = dateline;
  const words = window.datelineWords;
  const dialog = () => find("#filter");
  let next = {}; // narrows the questions to come
  let edited = null; // the turn whose filters are in the form; null: those of the questions to come

  const scope = () => ({ ...next });

  function tidy({ first, last, sources, any_day: anyDay }) {
    return {
      ...(first ? { first } : {}),
      ...(last ? { last } : {}),
      ...(sources?.length ? { sources } : {}),
      ...(anyDay ? { any_day: true } : {}),
    };
  }

  const filtersOf = (turn) => tidy(JSON.parse(turn.dataset.filters ?? "{}"));
  const chosenOf = (turn) => tidy(JSON.parse(turn.dataset.chosen ?? "{}"));

  // Asked anew with other filters: the answer takes the place of the old one where that is the last.
  function anew(turn, filters) {
    send("ask", { question: turn.dataset.question, ...tidy(filters), instead: Number(turn.dataset.turn) });
  }

  function open(filters) {
    const form = find("form", dialog());
    form.first.value = filters.first ?? "";
    form.last.value = filters.last ?? "";
    for (const box of all("[name=source]", form)) box.checked = filters.sources?.includes(box.value) ?? false;
    dialog().showModal();
  }

  function filled() {
    const form = find("form", dialog());
    const sources = all("[name=source]:checked", form).map((box) => box.value);
    return tidy({ first: form.first.value, last: form.last.value, sources });
  }

  clicked("[data-filter=edit]", (button) => {
    edited = button.closest(".turn");
    open(filtersOf(edited));
  });
  clicked("[data-filter=next]", () => {
    edited = null;
    open(next);
  });
  clicked("[data-filter=cancel]", () => dialog().close());
  clicked("[data-filter=clear]", () => {
    const form = find("form", dialog());
    for (const field of all("input", form)) {
      if (field.type === "checkbox") field.checked = false;
      else field.value = "";
    }
  });
  // A click beside a dialog closes it.
  document.addEventListener("click", (event) => {
    if (event.target.matches?.("#app dialog")) event.target.close();
  });

  document.addEventListener("submit", (event) => {
    if (!event.target.closest("#filter")) return;
    event.preventDefault();
    const filters = filled();
    dialog().close();
    if (!edited) return void keep(filters);
    if (!filters.first && !filters.last) filters.any_day = true;
    anew(edited, filters);
  });

  clicked("#conversation [data-drop]", (button) => {
    const turn = button.closest(".turn");
    const now = { ...filtersOf(turn) };
    if (button.dataset.drop === "source") {
      const chosen = chosenOf(turn);
      const sources = now.sources.filter((one) => one !== button.dataset.value);
      return void anew(turn, { ...chosen, sources });
    }
    const chosen = chosenOf(turn);
    // Days that the question itself names, or all of them: removing the one brings back the other.
    anew(turn, { sources: now.sources, any_day: !chosen.any_day });
  });

  clicked("#conversation .bar[data-first]", (bar) => {
    const turn = bar.closest(".turn");
    anew(turn, { ...filtersOf(turn), any_day: false, first: bar.dataset.first, last: bar.dataset.last });
  });

  // --- the questions to come -----------------------------------------------------------------------------------------

  function written(day) {
    const date = new Date(`${day}T12:00:00Z`);
    const form = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
    return form.format(date);
  }

  function daysOf({ first, last }) {
    if (first && last) return first === last ? written(first) : `${written(first)} – ${written(last)}`;
    return first ? words.since.replace("{}", written(first)) : last ? words.until.replace("{}", written(last)) : "";
  }

  function chip(label, drop) {
    const limit = document.createElement("span");
    limit.className = "limit";
    const change = document.createElement("button");
    change.type = "button";
    change.className = "change";
    change.dataset.filter = "next";
    change.dir = "auto";
    change.textContent = label;
    const cross = document.createElement("button");
    cross.type = "button";
    cross.className = "drop";
    cross.textContent = "×";
    cross.setAttribute("aria-label", words.remove.replace("{}", label));
    cross.addEventListener("click", drop);
    limit.append(change, cross);
    return limit;
  }

  function keep(filters) {
    next = filters;
    const place = find("#scope .scope");
    for (const old of all(".limit", place)) old.remove();
    const chips = [];
    const days = daysOf(next);
    if (days) chips.push(chip(days, () => keep(tidy({ ...next, first: "", last: "" }))));
    for (const source of next.sources ?? []) {
      const left = next.sources.filter((one) => one !== source);
      chips.push(chip(source, () => keep(tidy({ ...next, sources: left }))));
    }
    place.prepend(...chips);
    dateline.box()?.focus();
  }

  // Gradio keeps its own elements about the page: a dialog inside of one that is not shown could not be.
  ready("#filter", () => {});

  Object.assign(dateline, { scope });
})();
