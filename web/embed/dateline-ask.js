/* <dateline-ask server="https://archive.example" token="…">: ask an archive of news articles from any page.
 *
 * Attributes: server (where this script comes from, unless told), token, heading, placeholder, sources and sections
 * (one a line), published-from, published-to. Events: dateline-answer (detail: the answer), dateline-error (detail: the
 * message).
 * Whatever comes from the server is put into the page as text, never as HTML. */
(() => {
  "use strict";

  const home = document.currentScript?.src ? new URL(document.currentScript.src).origin : location.origin;
  const LONGEST = 2000;
  const TURNS = 20;

  const STYLE = `
    :host { display: block; font: var(--dateline-font, inherit); color: var(--dateline-color, inherit); }
    :host([hidden]) { display: none; }
    * { box-sizing: border-box; }
    .frame { padding: var(--dateline-padding, 1rem); background: var(--dateline-background, transparent);
      border: var(--dateline-border, 1px solid color-mix(in srgb, currentColor 25%, transparent));
      border-radius: var(--dateline-radius, .5rem); }
    h2 { font-size: 1.15em; margin: 0 0 .6rem; }
    h3 { font-size: 1em; margin: 1.2rem 0 .4rem; overflow-wrap: anywhere; }
    form { display: flex; flex-wrap: wrap; gap: .5rem; }
    label { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    input { flex: 1 1 12rem; min-width: 0; }
    input, button { font: inherit; color: inherit; padding: .5rem .75rem; min-height: 2.75rem;
      border-radius: var(--dateline-radius, .5rem);
      background: var(--dateline-field, transparent);
      border: 1px solid color-mix(in srgb, currentColor 45%, transparent); }
    button { cursor: pointer; }
    button[part~=button] { background: var(--dateline-accent, #1d4f91); border-color: transparent;
      color: var(--dateline-on-accent, #fff); }
    :focus-visible { outline: 3px solid var(--dateline-accent, #1d4f91); outline-offset: 2px; }
    .status { margin: .6rem 0 0; min-height: 1.3em; font-size: .9em; opacity: .85; }
    .error { margin: .6rem 0 0; color: var(--dateline-error, #b3261e); }
    .answer { margin: 0; line-height: 1.5; overflow-wrap: anywhere; }
    .marker { min-height: 0; padding: 0 .25em; border: 0; background: none; font-size: .8em; vertical-align: super;
      line-height: 1; color: var(--dateline-link, var(--dateline-accent, #1d4f91)); text-decoration: underline; }
    .citations { margin: .8rem 0 0; padding: 0 0 0 1.6rem; font-size: .92em; }
    .citations > li { margin: 0 0 .7rem; scroll-margin: 1rem; }
    blockquote { margin: 0 0 .2rem; padding: 0 0 0 .7rem; overflow-wrap: anywhere;
      border-left: 3px solid var(--dateline-accent, #1d4f91); }
    mark { background: var(--dateline-mark, color-mix(in srgb, currentColor 14%, transparent)); color: inherit; }
    a { color: var(--dateline-link, inherit); }
    .small { font-size: .9em; opacity: .85; }
    .notes { margin: .5rem 0 0; padding-left: 1.2rem; font-size: .9em; opacity: .85; }
    .turns { max-height: var(--dateline-height, none); overflow-y: auto; }
    .plain { display: block; margin-top: .8rem; }
    [hidden] { display: none !important; }
  `;

  /* An element with these attributes and children; texts become text nodes. */
  function make(name, attributes, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes ?? {})) {
      if (value !== null && value !== undefined) element.setAttribute(key, value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
    return element;
  }

  function day(iso, language) {
    if (!/^\d{4}-\d\d-\d\d/.test(iso ?? "")) return iso ?? "";
    const date = new Date(iso.slice(0, 10) + "T00:00:00Z");
    return date.toLocaleDateString(language || undefined, { dateStyle: "medium", timeZone: "UTC" });
  }

  const isAddress = (url) => /^https?:\/\//i.test(url ?? "");

  /* The JSON objects of a stream of server-sent events, each with the event's name. */
  async function* events(body) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      text = (text + (value ?? "")).replaceAll("\r\n", "\n");
      for (let end; (end = text.indexOf("\n\n")) >= 0; text = text.slice(end + 2)) {
        const lines = text.slice(0, end).split("\n");
        const data = lines.filter((line) => line.startsWith("data:")).map((line) => line.slice(5).trimStart());
        const name = lines.find((line) => line.startsWith("event:"))?.slice(6).trim();
        if (data.length && data[0] !== "[DONE]") yield { name, data: JSON.parse(data.join("\n")) };
      }
      if (done) return;
    }
  }

  class Refused extends Error {}

  async function refusal(response) {
    const wait = response.headers.get("retry-after");
    if (response.status === 429 || response.status === 503) {
      return `The archive is busy. Try again in ${/^\d+$/.test(wait ?? "") ? wait + " s" : "a moment"}.`;
    }
    let detail = "";
    try {
      detail = (await response.json()).detail ?? "";
    } catch {
      detail = ""; // not a problem of ours: whatever stands between has its own pages
    }
    return `The archive answered ${response.status}. ${detail}`.trim();
  }

  class DatelineAsk extends HTMLElement {
    static observedAttributes = ["heading", "placeholder"];
    #history = [];
    #asking = null;
    #count = 0;
    #parts = {};

    constructor() {
      super();
      const root = this.attachShadow({ mode: "open", delegatesFocus: true });
      const sheet = new CSSStyleSheet(); // allowed by policies that forbid inline styles
      sheet.replaceSync(STYLE);
      root.adoptedStyleSheets = [sheet];
      const parts = (this.#parts = {
        heading: make("h2", { part: "heading", id: "heading" }),
        turns: make("div", { part: "turns", class: "turns", role: "log", "aria-labelledby": "heading", tabindex: "-1" }),
        input: make("input", { part: "input", id: "question", type: "text", maxlength: LONGEST, autocomplete: "off",
          enterkeyhint: "send" }),
        button: make("button", { part: "button", type: "submit" }, "Ask"),
        stop: make("button", { part: "stop", type: "button", hidden: "" }, "Stop"),
        status: make("p", { part: "status", class: "status", role: "status" }),
        error: make("p", { part: "error", class: "error", role: "alert", hidden: "" }),
        draft: make("p", { part: "draft", class: "answer", "aria-hidden": "true", hidden: "" }),
        reset: make("button", { part: "reset", class: "plain", type: "button", hidden: "" }, "New conversation"),
      });
      const label = make("label", { for: "question" }, "Your question");
      const form = make("form", { part: "form" }, label, parts.input, parts.button, parts.stop);
      root.append(
        make("section", { part: "frame", class: "frame", "aria-labelledby": "heading" },
          parts.heading, form, parts.status, parts.error, parts.draft, parts.turns, parts.reset),
      );
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.ask(parts.input.value);
      });
      parts.stop.addEventListener("click", () => this.stop());
      parts.reset.addEventListener("click", () => this.reset());
      root.addEventListener("keydown", (event) => event.key === "Escape" && this.stop());
    }

    connectedCallback() {
      this.attributeChangedCallback();
    }

    disconnectedCallback() {
      this.stop();
    }

    attributeChangedCallback() {
      this.#parts.heading.textContent = this.getAttribute("heading") ?? "Ask the archive";
      this.#parts.input.placeholder = this.getAttribute("placeholder") ?? "Who was summoned, and why?";
    }

    /* Ask a question as if it had been typed; resolves to the answer, or null when there is none. */
    async ask(words) {
      const question = String(words).trim().slice(0, LONGEST);
      if (!question || this.#asking) return null;
      const asking = (this.#asking = new AbortController());
      this.#show({ status: "Asking …", error: "", busy: true });
      try {
        const answer = await this.#answer(question, asking.signal);
        this.#history = [...this.#history, [question, answer.text]].slice(-TURNS);
        this.#parts.input.value = "";
        this.#parts.turns.prepend(this.#turn(question, answer));
        const quotes = answer.citations.length;
        const told = quotes ? `Answered with ${quotes} quote${quotes === 1 ? "" : "s"}.` : "Answered without a quote.";
        this.#show({ status: answer.answered ? told : "There is no answer.", error: "", busy: false });
        this.dispatchEvent(new CustomEvent("dateline-answer", { detail: answer, bubbles: true, composed: true }));
        return answer;
      } catch (problem) {
        const stopped = asking.signal.aborted;
        const message = problem instanceof Refused ? problem.message : "The archive cannot be reached from this page.";
        this.#show({ status: stopped ? "Stopped." : "", error: stopped ? "" : message, busy: false });
        if (!stopped) {
          this.dispatchEvent(new CustomEvent("dateline-error", { detail: message, bubbles: true, composed: true }));
        }
        return null;
      } finally {
        this.#asking = null;
      }
    }

    /* Give up the question that is being answered. */
    stop() {
      this.#asking?.abort();
    }

    /* Forget the conversation. */
    reset() {
      this.stop();
      this.#history = [];
      this.#parts.turns.replaceChildren();
      this.#show({ status: "", error: "", busy: false });
      this.#parts.input.focus();
    }

    async #answer(question, signal) {
      const server = (this.getAttribute("server") || home).replace(/\/+$/, "");
      const token = this.getAttribute("token");
      const response = await fetch(server + "/api/v1/ask/stream", {
        method: "POST",
        signal,
        credentials: "omit",
        headers: {
          Accept: "text/event-stream, application/json;q=0.9",
          "Content-Type": "application/json",
          ...(token ? { Authorization: "Bearer " + token } : {}),
        },
        body: JSON.stringify(this.#body(question)),
      });
      if (!response.ok) throw new Refused(await refusal(response));
      if (!(response.headers.get("content-type") ?? "").startsWith("text/event-stream")) return response.json();
      let draft = ""; // what a language model wrote so far: the answer takes its place
      for await (const { name, data } of events(response.body)) {
        if (name === "answer") return data;
        if (name === "error") throw new Refused(data.detail ?? "The archive could not answer.");
        if (name === "sentence") draft += (draft && " ") + data.text;
        if (name === "withdrawn") draft = "";
        this.#show({ status: data.message + " …", error: "", busy: true, draft });
      }
      throw new Refused("The archive broke off. Ask again.");
    }

    #body(question) {
      const body = { question };
      if (this.#history.length) body.history = this.#history;
      for (const name of ["sources", "sections"]) {
        const named = (this.getAttribute(name) ?? "").split("\n").map((one) => one.trim()).filter(Boolean);
        if (named.length) body[name] = named;
      }
      if (this.hasAttribute("published-from")) body.published_from = this.getAttribute("published-from");
      if (this.hasAttribute("published-to")) body.published_to = this.getAttribute("published-to");
      return body;
    }

    #show({ status, error, busy, draft = "" }) {
      const parts = this.#parts;
      parts.draft.textContent = draft;
      parts.draft.hidden = !draft;
      parts.status.textContent = status;
      parts.error.textContent = error;
      parts.error.hidden = !error;
      parts.button.hidden = busy;
      parts.stop.hidden = !busy;
      parts.input.readOnly = busy;
      parts.reset.hidden = busy || !this.#history.length;
      parts.turns.setAttribute("aria-busy", String(busy));
    }

    #turn(question, answer) {
      const turn = ++this.#count;
      const citations = new Map(answer.citations.map((one) => [one.number, this.#citation(one)]));
      const said = answer.text.split(/(\[\d+\])/).map((piece) => {
        const cited = citations.get(Number(/^\[(\d+)\]$/.exec(piece)?.[1]));
        return cited ? this.#marker(piece, cited) : piece;
      });
      const notes = (answer.notes ?? []).map((note) => make("li", { part: "note" }, note));
      return make("article", { part: "turn", "aria-labelledby": "turn-" + turn },
        make("h3", { part: "question", id: "turn-" + turn }, question),
        make("p", { part: answer.answered ? "answer" : "answer abstention", class: "answer" }, ...said),
        notes.length ? make("ul", { part: "notes", class: "notes" }, ...notes) : null,
        citations.size ? make("ol", { part: "citations", class: "citations", "aria-label": "Quotes" },
          ...citations.values()) : null,
      );
    }

    #marker(words, citation) {
      const marker = make("button", { part: "marker", class: "marker", type: "button",
        "aria-label": "Quote " + words.slice(1, -1) }, words);
      marker.addEventListener("click", () => {
        citation.scrollIntoView({ block: "nearest" });
        citation.focus();
      });
      return marker;
    }

    #citation(citation) {
      const { article } = citation;
      const title = article.title || "Untitled";
      const link = isAddress(article.url)
        ? make("a", { part: "title link", href: article.url, target: "_blank", rel: "noopener noreferrer" }, title)
        : make("cite", { part: "title" }, title);
      const language = document.documentElement.lang;
      const published = article.published
        ? make("time", { part: "date", datetime: article.published }, day(article.published, language)) : null;
      const about = [link];
      if (article.source) about.push(", ", make("span", { part: "source" }, article.source));
      if (published) about.push(", ", published);
      const days = (citation.dates ?? []).map((one) => `“${one.text}”: ${day(one.resolved, language)}`);
      const others = new Set((citation.also_in ?? []).map((other) => other.source).filter(Boolean));
      return make("li", { part: "citation", value: citation.number, tabindex: "-1" },
        make("blockquote", { part: "quote", ...(isAddress(article.url) ? { cite: article.url } : {}) },
          ...this.#quote(citation)),
        make("div", { part: "about", class: "small" }, ...about),
        days.length ? make("div", { part: "dates", class: "small" }, days.join("; ")) : null,
        others.size ? make("div", { part: "also", class: "small" }, "Also in " + [...others].join(", ")) : null,
      );
    }

    /* The quote, with the words in it that answer marked. Places are counted in characters, not in UTF-16 units. */
    #quote({ quote, start, answer }) {
      if (!answer || answer.text === quote) return [quote];
      const signs = Array.from(quote);
      const [from, to] = [answer.start - start, answer.end - start];
      const words = signs.slice(from, to).join("");
      if (words !== answer.text) return [quote];
      return [signs.slice(0, from).join(""), make("mark", { part: "words" }, words), signs.slice(to).join("")];
    }
  }

  if (!customElements.get("dateline-ask")) customElements.define("dateline-ask", DatelineAsk);
})();
