// Live output of a run or a submission: one row a case, as it is decided. EventSource resumes by Last-Event-ID.

export class JudgeStream extends HTMLElement {
  connectedCallback() {
    this.summary = /** @type {HTMLElement} */ (this.querySelector(".summary"));
    this.list = this.querySelector(".cases");
    if (this.dataset.url) this.listen(this.dataset.url, this.dataset.then);
  }

  disconnectedCallback() {
    this.source?.close();
  }

  /**
   * @param {string} url
   * @param {string} [then] where to go when it is done
   * @returns {Promise<string>} the verdict
   */
  listen(url, then) {
    this.source?.close();
    this.list?.replaceChildren();
    this.querySelector(".message")?.remove();
    this.passed = 0;
    this.total = 0;
    // A page that was loaded meanwhile says already where the answer is.
    if (url !== this.dataset.url) this.running();
    this.setAttribute("aria-busy", "true");
    const source = new EventSource(url);
    this.source = source;
    return new Promise((resolve) => {
      source.addEventListener("position", (event) => this.waiting(JSON.parse(event.data)));
      source.addEventListener("started", () => this.running());
      source.addEventListener("case", (event) => this.add(JSON.parse(event.data)));
      source.addEventListener("done", (event) => {
        source.close();
        this.removeAttribute("aria-busy");
        const body = JSON.parse(event.data);
        this.finish(body);
        resolve(body.verdict);
        if (then) location.assign(then);
      });
      source.addEventListener("error", () => {
        if (source.readyState === EventSource.CLOSED) {
          this.removeAttribute("aria-busy");
          this.say("The connection was lost. Reload the page: what you handed in is kept.");
          resolve("lost");
        }
      });
    });
  }

  running() {
    this.say(this.dataset.running ?? "Running …");
  }

  /** @param {{before: number}} body how many runs come before */
  waiting(body) {
    this.say(body.before > 0 ? `Waiting: ${body.before} before you.` : "Waiting: you are next.");
  }

  /** @param {any} one */
  add(one) {
    const good = one.verdict === "accepted";
    this.total = (this.total ?? 0) + 1;
    if (good) this.passed = (this.passed ?? 0) + 1;
    const row = document.createElement("li");
    row.className = good ? "pass" : "fail";
    const line = document.createElement("p");
    line.append(
      piece("mark", good ? "✓" : "✗"), " ", piece("case-verdict", good ? "pass" : one.verdict), " ",
      piece("case-name", one.name), " ", ...(one.cpu_s ? [piece("ms", `${Math.round(one.cpu_s * 1000)} ms`)] : []),
    );
    line.firstElementChild?.setAttribute("aria-hidden", "true");
    row.append(line);
    if (one.message) row.append(piece("case-message small", one.message, "p"));
    const shown = one.visible && !good ? details(one) : null;
    if (shown) row.append(shown);
    this.list?.append(row);
    this.say(`${this.passed} of ${this.total} cases passed so far.`);
  }

  /** @param {any} body */
  finish(body) {
    const counted = this.total ? `: ${this.passed} of ${this.total} cases passed` : "";
    this.say(body.verdict ? `${body.verdict}${counted}` : (body.message ?? "Done."));
    if (body.verdict && body.message && this.summary) {
      const message = piece("message", body.message, "pre");
      message.tabIndex = 0;
      message.setAttribute("role", "group");
      message.setAttribute("aria-label", "Message");
      this.summary.after(message);
    }
  }

  /** @param {string} text */
  say(text) {
    if (this.summary) this.summary.textContent = text;
  }
}

/**
 * @param {string} name
 * @param {string} text
 * @param {string} [tag]
 */
function piece(name, text, tag = "span") {
  const element = document.createElement(tag);
  element.className = name;
  element.textContent = text;
  return element;
}

/**
 * What a case was about; null where there is nothing but its message.
 * @param {any} one
 */
function details(one) {
  const box = document.createElement("details");
  box.open = true;
  box.append(piece("", "What was given, expected and got", "summary"));
  const list = document.createElement("dl");
  list.className = "facts";
  const given = one.args ?? one.stdin;
  for (const [name, value] of [["given", given], ["expected", one.expected], ["got", one.actual], ["printed", one.stdout]]) {
    if (value === null || value === undefined || value === "") continue;
    const pair = document.createElement("div");
    pair.append(piece("", name, "dt"), piece("", typeof value === "string" ? value : JSON.stringify(value), "dd"));
    list.append(pair);
  }
  box.append(list);
  return list.childElementCount ? box : null;
}

customElements.define("judge-stream", JudgeStream);
