// Articles over time, below each answer: drawn by the server, fetched when there is an answer, kept while the page is.

(() => {
  const { all, clicked, find, on, piece } = dateline;
  const drawn = new Map(); // address → HTML, or null while it is fetched

  async function fill(place) {
    const { address } = place.dataset;
    if (!address || place.dataset.filled) return;
    if (drawn.get(address) == null) {
      if (drawn.has(address)) return;
      drawn.set(address, null);
      // Nothing is lost without it: an answer stands by itself.
      drawn.set(address, await piece(address).catch(() => ""));
      return void fillAll();
    }
    place.dataset.filled = "yes";
    place.innerHTML = drawn.get(address);
    const course = find("[data-course]", place);
    if (course && drawn.get(course.dataset.course)) unfold(course);
  }

  function fillAll() {
    for (const place of all("#conversation .over-time:not([data-filled])")) fill(place);
  }

  async function unfold(button) {
    const address = button.dataset.course;
    const place = find(".course-here", button.closest(".over-time"));
    button.disabled = true;
    try {
      if (!drawn.get(address)) drawn.set(address, await piece(address));
      place.innerHTML = drawn.get(address);
      button.remove();
    } catch (error) {
      place.textContent = error.message;
      button.disabled = false;
    }
  }

  clicked("[data-course]", unfold);
  on("changed", fillAll);
})();
