// The files of a project around one editor. The form's field holds them all as JSON, and is what is saved and sent.

/** @typedef {{path: string, text: string, editable: boolean}} File */

export class ProjectFiles extends HTMLElement {
  /**
   * @param {HTMLTextAreaElement} field holds the files that may be changed, as JSON
   * @param {import("./editor.js").CodeEditor} editor
   */
  attach(field, editor) {
    this.field = field;
    this.editor = editor;
    const given = JSON.parse(document.getElementById("project")?.textContent ?? "{}");
    this.starter = /** @type {File[]} */ (given.files ?? []);
    this.patterns = /** @type {string[]} */ (given.add ?? []);
    /** @type {Map<string, string>} */
    this.texts = new Map();
    /** @type {Map<string, unknown>} */
    this.states = new Map();
    this.take(field.value);
    field.hidden = true;
    editor.hidden = false;
    this.hidden = false;
    this.list();
    editor.addEventListener("changed", () => this.typed());
    const first = this.starter.find((file) => file.editable) ?? this.starter[0];
    if (first) this.open(first.path);
  }

  /** All files that may be changed, as JSON; the very text that came in as long as nothing is changed. */
  get text() {
    const now = Object.fromEntries([...(this.texts ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)));
    return this.given !== undefined && same(now, JSON.parse(this.given)) ? this.given : JSON.stringify(now);
  }

  set text(text) {
    this.take(text);
    this.states?.clear();
    this.list();
    if (this.path !== undefined) this.show(this.path);
  }

  /** @param {string} text */
  take(text) {
    let found = {};
    try {
      found = JSON.parse(text);
    } catch {
      // A field that was edited by hand: the starter is what is left.
    }
    const own = (this.starter ?? []).filter((file) => file.editable).map((file) => [file.path, file.text]);
    this.texts = new Map(Object.entries({ ...Object.fromEntries(own), ...found }));
    this.given = text;
    if (this.field) this.field.value = text;
  }

  list() {
    const paths = [...new Set([...(this.starter ?? []).map((file) => file.path), ...(this.texts?.keys() ?? [])])].sort();
    const items = paths.map((path) => {
      const button = document.createElement("button");
      button.type = "button";
      const cut = path.lastIndexOf("/") + 1;
      if (cut) {
        const folder = document.createElement("span");
        folder.className = "folder";
        folder.textContent = path.slice(0, cut);
        button.append(folder);
      }
      button.append(path.slice(cut));
      button.dataset.path = path;
      button.addEventListener("click", () => {
        this.open(path);
        this.editor?.focus();
      });
      const item = document.createElement("li");
      item.append(button);
      return item;
    });
    this.querySelector("ul")?.replaceChildren(...items);
    this.mark();
  }

  /** What each file is: open, changed, read only. The words stand in its button. */
  mark() {
    for (const button of this.querySelectorAll("button")) {
      const path = button.dataset.path ?? "";
      const starter = this.starter?.find((file) => file.path === path);
      const changed = this.texts?.has(path) && this.texts.get(path) !== starter?.text;
      button.toggleAttribute("aria-current", path === this.path);
      button.dataset.note = !this.texts?.has(path) ? "read only" : changed ? "changed" : "";
    }
  }

  /** @param {string} path */
  open(path) {
    if (this.path !== undefined && this.editor?.state) this.states?.set(this.path, this.editor.state);
    this.path = path;
    this.show(path);
  }

  /** @param {string} path */
  show(path) {
    const starter = this.starter?.find((file) => file.path === path);
    const own = this.texts?.get(path);
    this.editor?.open(own ?? starter?.text ?? "", {
      language: path.endsWith(".py") ? "python" : path.endsWith(".sql") ? "sql" : "text",
      readOnly: own === undefined,
      state: this.states?.get(path),
    });
    this.mark();
    this.dispatchEvent(new CustomEvent("opened", { detail: { path, readOnly: own === undefined }, bubbles: true }));
  }

  typed() {
    if (this.path === undefined || !this.texts?.has(this.path)) return;
    this.texts.set(this.path, this.editor?.value ?? "");
    if (this.field) this.field.value = this.text;
    this.mark();
  }

  /** What is not as in the starter: files that were changed, and files that were added. */
  get changes() {
    const before = new Map((this.starter ?? []).map((file) => [file.path, file.text]));
    return [...(this.texts ?? [])]
      .map(([path, after]) => ({ path, before: before.get(path) ?? "", after }))
      .filter(({ path, before: text, after }) => text !== after || !before.has(path))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** Whether the open file was added, so that a reset takes it away. */
  get added() {
    return this.path !== undefined && !this.starter?.some((file) => file.path === this.path);
  }

  /**
   * Add an empty file and open it.
   * @param {string} path
   * @returns {string} why it cannot be added; empty when it was
   */
  add(path) {
    const parts = path.split("/");
    if (!path || parts.some((part) => part === "" || part === "." || part === "..")) return "A path has names between single slashes.";
    if (this.texts?.has(path) || this.starter?.some((file) => file.path === path)) return `${path} is there already.`;
    if (!this.patterns?.some((pattern) => matches(path, pattern))) return `Only ${this.patterns?.join(", ")} may be added here.`;
    this.texts?.set(path, "");
    if (this.field) this.field.value = this.text;
    this.list();
    this.open(path);
    return "";
  }

  /** Put the starter in place of the open file; a file that was added goes. */
  reset() {
    const starter = this.starter?.find((file) => file.path === this.path);
    if (this.path === undefined || !this.texts?.has(this.path)) return;
    this.states?.delete(this.path);
    if (starter) this.texts.set(this.path, starter.text);
    else this.texts.delete(this.path);
    if (this.field) this.field.value = this.text;
    this.list();
    this.show(starter ? this.path : (this.starter?.[0].path ?? ""));
  }
}

/**
 * @param {Record<string, string>} a
 * @param {Record<string, string>} b
 */
function same(a, b) {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}

/**
 * Whether *path* fits a shell pattern, as the server has it: `*` and `?` match slashes too.
 * @param {string} path
 * @param {string} pattern
 */
function matches(path, pattern) {
  const source = pattern.replace(/[.+^${}()|\\]/g, "\\$&").replace(/\*+/g, ".*").replace(/\?/g, ".").replace(/\[!/g, "[^");
  return new RegExp(`^${source}$`, "s").test(path);
}

customElements.define("project-files", ProjectFiles);
