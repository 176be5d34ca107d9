// A design round: the text, its drawing and its table are one thing; estimates, runs, and what would be if.
import { DesignCanvas } from "./design-canvas.js";
import { showFields, showTable } from "./design-fields.js";
import { LiveCharts } from "./design-live.js";
import { headline, showRun } from "./design-results.js";
import { element, number } from "./elements.js";
import { Problem, send } from "./http.js";

const AFTER_MS = 350;
const WHAT_IF_AFTER_MS = 300;
const MOST_TRIES = 4;

/** @typedef {import("./design-fields.js").Edit} Edit */
/** @typedef {import("./design-canvas.js").Drawing} Drawing */
/** @typedef {{read: () => string, amend: (text: string) => void, goTo: (line: number) => void, touched: () => void, save: () => Promise<boolean>, confirmed: (question: string) => Promise<boolean>, submitting: () => boolean}} Desk */

/** @param {string} name */
const part = (name) => /** @type {HTMLElement} */ (document.getElementById(name));

export class DesignRound {
  /** @param {Desk} desk */
  constructor(desk) {
    this.desk = desk;
    this.facts = JSON.parse(part("design").textContent ?? "{}");
    this.url = `/rounds/${this.facts.round}/design`;
    this.canvas = /** @type {DesignCanvas} */ (document.querySelector("design-canvas"));
    this.live = new LiveCharts(part("under-way"), part("results"));
    this.commitment = this.facts.commitment;
    /** @type {Drawing | null} */
    this.drawing = null;
    this.chosen = "";
    this.asked = 0;
    /** @type {Promise<unknown>} */
    this.edits = Promise.resolve();
    /** @type {any} */
    this.plain = null;
    this.wire();
    this.look();
  }

  wire() {
    const change = (/** @type {Edit} */ edit) => this.change(edit);
    this.canvas.addEventListener("open", (event) => this.open(/** @type {CustomEvent} */ (event).detail));
    this.canvas.addEventListener("remove", (event) => this.remove(/** @type {CustomEvent} */ (event).detail));
    part("fields").addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    part("add-node").addEventListener("click", () => this.add());
    part("new-node-name").addEventListener("keydown", (event) => event.key === "Enter" && this.add());
    for (const one of document.querySelectorAll("[data-estimate]")) {
      one.addEventListener("change", () => change({ does: "set-estimate", name: /** @type {HTMLElement} */ (one).dataset.estimate, value: /** @type {HTMLInputElement} */ (one).value }));
    }
    part("bottleneck").addEventListener("change", () => change({ does: "name-bottleneck", value: /** @type {HTMLSelectElement} */ (part("bottleneck")).value }));
    part("run").addEventListener("click", () => this.run());
    part("stop").addEventListener("click", () => send("POST", `${this.url}/stop`).catch(() => {}));
    part("what-if-rows").addEventListener("focusin", () => this.compareWith());
    part("keep").addEventListener("click", () => this.keep());
    /** @type {HTMLButtonElement} */ (part("run")).hidden = false;
    this.showLock();
  }

  // The text and its views

  touched() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.look(), AFTER_MS);
  }

  async look() {
    const mine = (this.asked += 1);
    try {
      const found = await send("POST", `${this.url}/read`, { text: this.desk.read() });
      if (mine === this.asked) this.show(found);
    } catch (error) {
      if (mine === this.asked) this.say(error instanceof Problem ? error.message : "The server is away: the drawing is older than the text.");
    }
  }

  /** @param {{drawing: Drawing | null, problems: any[]}} found */
  show(found) {
    const list = part("problems");
    list.replaceChildren(...found.problems.map((one) => this.problem(one)));
    list.hidden = !found.problems.length;
    if (!found.drawing) {
      const count = found.problems.length;
      this.say(`${count === 1 ? "One thing" : `${count} things`} in the text cannot be read${this.drawing ? "; the drawing shows what could be read last" : ""}.`);
      if (this.drawing) this.canvas.show(this.drawing, true);
      return;
    }
    this.drawing = found.drawing;
    this.say(`${found.drawing.nodes.length} nodes, as in the text.`);
    this.canvas.show(found.drawing, false);
    showTable(part("node-rows"), found.drawing, (edit) => this.change(edit), (name) => this.open(name));
    this.showEstimates(found.drawing);
    this.showWhatIf(found.drawing);
    this.refreshFields();
  }

  /** @param {{message: string, mend: string, line: number | null}} one */
  problem(one) {
    const text = `${one.message[0].toUpperCase()}${one.message.slice(1)}. ${one.mend ? `${one.mend[0].toUpperCase()}${one.mend.slice(1)}.` : ""}`;
    const line = one.line ?? 0;
    return element("li", {}, line ? element("button", { type: "button", class: "link", click: () => this.desk.goTo(line) }, `Line ${line}`) : null, line ? ": " : null, text);
  }

  /** @param {string} text */
  say(text) {
    part("drawn").textContent = text;
  }

  /**
   * One edit after the other; each on the text as it is when its turn comes.
   * @param {Edit} edit
   * @returns {Promise<boolean>} whether it was done
   */
  change(edit) {
    const done = this.edits.then(() => this.changeNow(edit));
    this.edits = done.catch(() => {});
    return done;
  }

  /** @param {Edit} edit */
  async changeNow(edit) {
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const text = this.desk.read();
      try {
        const found = await send("POST", `${this.url}/edit`, { text, ...edit });
        if (this.desk.read() !== text) continue;  // typed meanwhile: once more, on what is there now
        this.desk.amend(found.text);
        clearTimeout(this.timer);
        this.asked += 1;
        this.show(found);
        return true;
      } catch (error) {
        this.say(error instanceof Problem ? error.message : "The server is away: nothing was changed.");
        if (this.drawing) this.showEstimates(this.drawing);
        return false;
      }
    }
    return false;
  }

  // Nodes

  /** @param {string} name */
  open(name) {
    this.back = /** @type {HTMLElement | null} */ (document.activeElement);
    this.chosen = name;
    this.refreshFields();
    part("fields-title")?.focus();
    part("fields").scrollIntoView({ block: "nearest" });
  }

  refreshFields() {
    const panel = part("fields");
    const node = this.drawing?.nodes.find((one) => one.name === this.chosen);
    this.canvas.choose(node ? this.chosen : "");
    panel.hidden = !node;
    if (!node || !this.drawing) return;
    const focused = panel.contains(document.activeElement) ? document.activeElement?.id : "";
    showFields(panel, node, this.drawing, (edit) => this.changeNode(edit), { close: () => this.close(), remove: (name) => this.remove(name) });
    if (focused) part(focused)?.focus();
  }

  /** @param {Edit} edit */
  async changeNode(edit) {
    const renamed = edit.does === "rename-node" ? (edit.value ?? "") : "";
    const before = this.chosen;
    if (renamed) this.chosen = renamed;
    const done = await this.change(edit);
    if (!done) this.chosen = before;
    if (done && renamed) {
      this.refreshFields();
      part("fields-title")?.focus();
    }
    return done;
  }

  close() {
    const name = this.chosen;
    this.chosen = "";
    this.refreshFields();
    if (this.back?.isConnected && !this.back.closest(".node")) this.back.focus();
    else this.canvas.focusNode(name);
  }

  async add() {
    const name = /** @type {HTMLInputElement} */ (part("new-node-name"));
    const kind = /** @type {HTMLSelectElement} */ (part("new-node-kind")).value;
    const called = name.value.trim() || this.free(kind);
    this.chosen = called;
    if (await this.change({ does: "add-node", name: called, value: kind })) {
      name.value = "";
      this.canvas.at = called;
      this.open(called);
    }
  }

  /** @param {string} kind a name that no node has */
  free(kind) {
    const taken = new Set(this.drawing?.nodes.map((one) => one.name));
    const short = kind.replace(/^(async|sync)_/, "");
    let name = short;
    for (let count = 2; taken.has(name); count += 1) name = `${short}${count}`;
    return name;
  }

  /** @param {string} name */
  async remove(name) {
    if (!(await this.desk.confirmed(`Remove ${name} from the nodes, the flows and the faults?`))) return;
    if (await this.change({ does: "delete-node", name })) this.canvas.focusNode(this.canvas.at ?? "");
  }

  // Estimates

  showLock() {
    const locked = Boolean(this.commitment);
    part("run").textContent = locked ? "Run" : "Lock the estimates and run";
    part("lock").textContent = locked
      ? "Locked at the first run: these count, whatever the text says now."
      : "They are locked by the first run, or when you submit; from then on they cannot be changed.";
    for (const one of document.querySelectorAll("[data-estimate], #bottleneck")) {
      /** @type {HTMLInputElement} */ (one).disabled = locked;
    }
    part("what-if").hidden = !locked;
  }

  /** @param {Drawing} drawing */
  showEstimates(drawing) {
    const held = this.commitment?.estimate ?? drawing.estimate;
    for (const one of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[data-estimate]"))) {
      const value = held[one.dataset.estimate ?? ""];
      if (one !== document.activeElement) one.value = value === undefined ? "" : String(value);
    }
    const select = /** @type {HTMLSelectElement} */ (part("bottleneck"));
    const named = (this.commitment ? this.commitment.bottleneck : drawing.bottleneck) ?? "";
    const names = drawing.nodes.map((one) => one.name);
    if (named && !names.includes(named)) names.push(named);
    select.replaceChildren(element("option", { value: "" }, "choose"), ...names.map((one) => element("option", { selected: one === named }, one)));
    select.value = named;
    const differs = this.commitment && (JSON.stringify(sorted(drawing.estimate)) !== JSON.stringify(sorted(held)) || (drawing.bottleneck ?? "") !== named);
    part("drift").hidden = !differs;
  }

  question() {
    const made = Object.keys(this.drawing?.estimate ?? {});
    const open = this.facts.estimates.filter((/** @type {{name: string}} */ one) => !made.includes(one.name)).map((/** @type {{name: string}} */ one) => one.name);
    const lacks = [
      open.length ? `Not estimated, and then worth nothing: ${open.join(", ")}.` : "",
      this.drawing?.bottleneck ? "" : "No bottleneck is named.",
    ];
    return ["The first run locks your estimates and the bottleneck you name. They cannot be changed afterwards.", ...lacks, "Lock them and run?"].filter(Boolean).join(" ");
  }

  // Runs

  async run() {
    if (this.running || this.desk.submitting()) return;
    if (!this.commitment && !(await this.desk.confirmed(this.question()))) return;
    await this.desk.save();
    const run = await this.ask({ text: this.desk.read() }, "run-status");
    if (!run) return;
    showRun(part("results"), run);
    this.canvas.load(Object.fromEntries(Object.entries(run.nodes).map(([name, one]) => [name, /** @type {any} */ (one).utilisation])));
    part("run-status").textContent = `Done: ${run.seeds.length} runs of ${number(run.seconds)} s. It does not count; submit when you are content.`;
  }

  /**
   * Start a run and wait for its end.
   * @param {any} body
   * @param {string} status the id of what says how far it is
   * @returns {Promise<any>} the run, or null with the reason shown
   */
  async ask(body, status) {
    const bar = /** @type {HTMLProgressElement} */ (part("progress"));
    const say = (/** @type {string} */ text) => {
      if (part(status).textContent !== text) part(status).textContent = text;  // which a screen reader would read again
    };
    this.running = true;
    this.live.begin();
    this.busy(true);
    say("Waiting for a place …");
    bar.hidden = false;
    bar.removeAttribute("value");
    try {
      const answer = await send("POST", `${this.url}/run`, body);
      this.commitment = { estimate: answer.estimate, bottleneck: answer.bottleneck };
      this.showLock();
      if (this.drawing) this.showEstimates(this.drawing);
      const done = await this.listen(answer.stream, say, bar);
      if (!done.run) say(done.message ?? "Nothing came back. Run it again.");
      return done.run;
    } catch (error) {
      say(error instanceof Problem ? error.message : "The server is away. Your text is kept.");
      return null;
    } finally {
      this.running = false;
      this.busy(false);
      this.live.end();
      bar.hidden = true;
    }
  }

  /** @param {boolean} on */
  busy(on) {
    // Not `disabled`, which would take the focus away from who has pressed it.
    part("run").setAttribute("aria-disabled", String(on));
    if (!on && document.activeElement === part("stop")) part("run").focus();
    part("stop").hidden = !on;
  }

  /**
   * @param {string} url
   * @param {(text: string) => void} say
   * @param {HTMLProgressElement} bar
   * @returns {Promise<any>}
   */
  listen(url, say, bar) {
    return new Promise((resolve) => {
      const source = new EventSource(url);
      const on = (/** @type {string} */ name, /** @type {(body: any) => void} */ act) => source.addEventListener(name, (event) => act(JSON.parse(/** @type {MessageEvent} */ (event).data)));
      on("position", (body) => say(body.before > 0 ? `Waiting: ${body.before} before you.` : "Waiting: you are next."));
      on("started", () => say("Running …"));
      on("preparing", () => say("Preparing the simulator: it is compiled once, which takes up to a minute …"));
      on("progress", (body) => {
        say("Running …");
        bar.value = body.part;
        if (body.course) this.live.show(body.course);
      });
      on("done", (body) => {
        source.close();
        resolve(body);
      });
      source.addEventListener("error", () => {
        if (source.readyState === EventSource.CLOSED) resolve({ run: null, message: "The connection was lost. Run it again." });
      });
    });
  }

  // What if

  /** @param {Drawing} drawing */
  showWhatIf(drawing) {
    const box = part("what-if-rows");
    if (box.contains(document.activeElement)) return;
    const rows = drawing.nodes.filter((one) => one.size_field && one.flows.length).map((one) => {
      const id = `if-${one.name}`;
      const field = element("input", { id, type: "number", min: 1, max: 500, step: 1, value: one.size, "data-place": `nodes.${one.name}.${one.size_field}`, "data-now": one.size, input: () => this.wonder() });
      return element("p", { class: "field" }, element("label", { for: id }, `${one.size_field} of ${one.name}`), field);
    });
    box.replaceChildren(...rows);
  }

  get changes() {
    const fields = /** @type {NodeListOf<HTMLInputElement>} */ (part("what-if-rows").querySelectorAll("[data-place]"));
    const changed = [...fields].filter((one) => one.value !== one.dataset.now && one.checkValidity() && one.value !== "");
    return Object.fromEntries(changed.map((one) => [one.dataset.place, Number(one.value)]));
  }

  wonder() {
    clearTimeout(this.wondering);
    this.wondering = setTimeout(() => this.wonderNow(), WHAT_IF_AFTER_MS);
  }

  /** What the numbers are compared with is run while one looks for the field. */
  async compareWith() {
    const text = this.desk.read();
    if (this.plain?.text === text || this.running || this.desk.submitting()) return;
    const run = await this.ask({ text, quick: true }, "what-if-status");
    if (run) this.plain = { text, run };
  }

  async wonderNow() {
    if (this.running || this.desk.submitting()) return this.wonder();
    await this.compareWith();
    const [text, changes] = [this.desk.read(), this.changes];
    if (this.plain?.text !== text) return;
    const changed = Object.keys(changes).length > 0;
    const run = changed ? await this.ask({ text, quick: true, changes }, "what-if-status") : this.plain.run;
    if (!run) return;
    part("what-if-status").textContent = `Quick: ${run.seeds.length} runs of ${number(run.seconds)} s without faults. It does not count.`;
    const was = headline(this.plain.run);
    was.prepend(element("strong", {}, "As written: "));
    const now = headline(run);
    now.prepend(element("strong", {}, "What if: "));
    part("what-if-results").replaceChildren(was, ...(changed ? [now] : []));
    part("keep").hidden = !changed;
  }

  async keep() {
    for (const [place, value] of Object.entries(this.changes)) {
      const [, name, field] = place.split(".");
      if (!(await this.change({ does: "set-field", name, field, value: String(value) }))) return;
    }
    part("keep").hidden = true;
    part("what-if-results").replaceChildren();
    part("what-if-status").textContent = "The numbers are in the text now. Run it to see the faults as well.";
    if (this.drawing) this.showWhatIf(this.drawing);
  }
}

/** @param {Record<string, number>} values */
function sorted(values) {
  return Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
}
