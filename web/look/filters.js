// What a search is narrowed to: chips that can be changed and removed, and the form behind them.

(() => {
  const { all, clicked, find, ready, send } = dateline;
  const words = window.datelineWords;
  const dialog = () => find("#filter");
  let next = {}; // narrows the questions to come
  let edited = null; // the turn whose filters are in the form; null: those of the questions to come

  const scope = () => ({ ...next });

  function tidy({ first, last, sources, sections, ignore }) {
    return {
      ...(first ? { first } : {}),
      ...(last ? { last } : {}),
      ...(sources?.length ? { sources } : {}),
      ...(sections?.length ? { sections } : {}),
      ...(ignore?.length ? { ignore } : {}), // what the question names that is to narrow nothing
    };
  }

  const without = (names, name) => (names ?? []).filter((one) => one !== name);
  const turned = (names, name) => (names?.includes(name) ? without(names, name) : [...(names ?? []), name]);

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
    for (const box of all("[name=source]", form)) box.checked = named(filters.sources, box.value);
    for (const box of all("[name=section]", form)) box.checked = named(filters.sections, box.value);
    dialog().showModal();
  }

  // Names are the same in any case of their letters, as they are for the archive.
  const named = (names, name) => names?.some((one) => one.toLowerCase() === name.toLowerCase()) ?? false;

  function filled() {
    const form = find("form", dialog());
    const [sources, sections] = ["source", "section"].map((name) =>
      all(`[name=${name}]:checked`, form).map((box) => box.value),
    );
    return tidy({ first: form.first.value, last: form.last.value, sources, sections });
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
    anew(edited, { ...filters, ignore: ignoring(edited, filters) });
  });

  // What the question names and the form says nothing of any more is to narrow nothing.
  function ignoring(turn, filters) {
    const now = filtersOf(turn);
    const chosen = chosenOf(turn);
    const before = (name) => chosen.ignore?.includes(name);
    const days = (now.first || now.last || before("days")) && !filters.first && !filters.last;
    const read = now.sections?.some((one) => !chosen.sections?.includes(one));
    const sections = (read || before("sections")) && !filters.sections;
    return [...(days ? ["days"] : []), ...(sections ? ["sections"] : [])];
  }

  clicked("#conversation [data-drop]", (button) => {
    const turn = button.closest(".turn");
    const chosen = chosenOf(turn);
    const { drop, value } = button.dataset;
    if (drop === "source") return void anew(turn, { ...chosen, sources: without(chosen.sources, value) });
    if (drop === "section" && chosen.sections) {
      return void anew(turn, { ...chosen, sections: without(chosen.sections, value) });
    }
    // What the question itself names, or all that there is: removing the one brings back the other.
    if (drop === "section") return void anew(turn, { ...chosen, ignore: turned(chosen.ignore, "sections") });
    anew(turn, { ...chosen, first: "", last: "", ignore: turned(chosen.ignore, "days") });
  });

  clicked("#conversation .bar[data-first]", (bar) => {
    const turn = bar.closest(".turn");
    const now = filtersOf(turn);
    const { first, last } = bar.dataset;
    anew(turn, { ...now, first, last, ignore: without(now.ignore, "days") });
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
      chips.push(chip(source, () => keep(tidy({ ...next, sources: without(next.sources, source) }))));
    }
    for (const section of next.sections ?? []) {
      const label = words.section.replace("{}", section);
      chips.push(chip(label, () => keep(tidy({ ...next, sections: without(next.sections, section) }))));
    }
    place.prepend(...chips);
    dateline.box()?.focus();
  }

  // Gradio keeps its own elements about the page: a dialog inside of one that is not shown could not be.
  ready("#filter", () => {});

  Object.assign(dateline, { scope });
})();
