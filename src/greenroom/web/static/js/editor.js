// A code editor around a plain text area: the text area stays the form's field and can be used alone.
import {
  Compartment, EditorState, EditorView, HighlightStyle, autocompletion, bracketMatching, closeBrackets, closeBracketsKeymap, completionKeymap,
  cpp, defaultKeymap, drawSelection, go, highlightActiveLine, history, historyKeymap, indentOnInput, indentUnit, indentWithTab, java,
  SQLite, javascript, keymap, lineNumbers, python, searchKeymap, sql, syntaxHighlighting, tags, yaml,
} from "../vendor/codemirror.js";

const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.controlKeyword, tags.definitionKeyword, tags.moduleKeyword, tags.processingInstruction, tags.modifier], class: "syn-kw" },
  { tag: [tags.string, tags.special(tags.string)], class: "syn-str" },
  { tag: [tags.number, tags.bool, tags.null], class: "syn-num" },
  { tag: tags.comment, class: "syn-com" },
  { tag: [tags.function(tags.variableName), tags.function(tags.definition(tags.variableName)), tags.className, tags.typeName, tags.definition(tags.propertyName)], class: "syn-fn" },
]);

const modes = { text: () => [], python, c: cpp, cpp, java, javascript, go, sql: () => sql({ dialect: SQLite }), yaml };

export class CodeEditor extends HTMLElement {
  connectedCallback() {
    /** @type {any} */
    this.mode = undefined;
    this.readOnly = false;
    this.area = /** @type {HTMLTextAreaElement} */ (this.querySelector("textarea"));
    this.area.addEventListener("input", () => this.changed());
    this.area.addEventListener("keydown", (event) => this.keys(event));
    if (localStorage.getItem("greenroom-editor") !== "plain") this.grow();
  }

  /** The language of what is written, by its name; it decides the colours and the indentation. */
  get language() {
    return this.dataset.language ?? "python";
  }

  set language(name) {
    this.dataset.language = name;
    this.view?.dispatch({ effects: this.mode?.reconfigure(this.support()) });
  }

  support() {
    return (modes[/** @type {keyof typeof modes} */ (this.language)] ?? python)();
  }

  /**
   * Edit another text, or go back to one with its history.
   * @param {string} text
   * @param {{language: string, readOnly: boolean, state?: unknown}} how
   */
  open(text, how) {
    this.dataset.language = how.language;
    this.readOnly = how.readOnly;
    if (this.area) {
      this.area.value = text;
      this.area.readOnly = how.readOnly;
    }
    this.view?.setState(how.state ?? this.fresh(text));
  }

  /** The text with its history and the cursor; nothing in the plain text area. */
  get state() {
    return this.view?.state;
  }

  get value() {
    return this.view ? this.view.state.doc.toString() : (this.area?.value ?? "");
  }

  set value(text) {
    if (this.area) this.area.value = text;
    this.view?.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text } });
  }

  /**
   * Another text, of which only the part that differs is changed: the cursor and the history stay.
   * @param {string} text
   */
  amend(text) {
    const before = this.value;
    let from = 0;
    while (from < before.length && from < text.length && before[from] === text[from]) from += 1;
    let same = 0;
    while (same < Math.min(before.length, text.length) - from && before.at(-1 - same) === text.at(-1 - same)) same += 1;
    if (this.area && !this.view) this.area.value = text;
    this.view?.dispatch({ changes: { from, to: before.length - same, insert: text.slice(from, text.length - same) } });
    if (!this.view) this.changed();
  }

  /**
   * Put the cursor at the beginning of a line.
   * @param {number} line counted from 1
   */
  goTo(line) {
    if (this.view) {
      const at = this.view.state.doc.line(Math.min(line, this.view.state.doc.lines)).from;
      this.view.dispatch({ selection: { anchor: at }, scrollIntoView: true });
    } else {
      const at = this.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
      this.area?.setSelectionRange(at, at);
    }
    this.focus();
  }

  get plain() {
    return !this.view;
  }

  /** Switch between the editor and the plain text area; the choice is remembered. */
  toggle() {
    localStorage.setItem("greenroom-editor", this.plain ? "code" : "plain");
    if (this.plain) this.grow();
    else this.shrink();
    this.focus();
  }

  focus() {
    if (this.view) this.view.focus();
    else this.area?.focus();
  }

  grow() {
    const area = /** @type {HTMLTextAreaElement} */ (this.area);
    area.hidden = true;
    this.view = new EditorView({ state: this.fresh(area.value), parent: this });
  }

  /** @param {string} text */
  fresh(text) {
    const area = /** @type {HTMLTextAreaElement} */ (this.area);
    const nonce = /** @type {HTMLMetaElement} */ (document.querySelector('meta[name="csp-nonce"]')).content;
    this.mode ??= new Compartment();
    return EditorState.create({
      doc: text,
      extensions: [
        EditorState.readOnly.of(this.readOnly),
        EditorView.cspNonce.of(nonce), lineNumbers(), history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(),
        autocompletion({ activateOnTyping: false }), highlightActiveLine(), this.mode.of(this.support()), syntaxHighlighting(colours), indentUnit.of(this.language === "yaml" ? "  " : "    "),
        ...(this.language === "yaml" ? [EditorView.lineWrapping] : []),
        EditorState.tabSize.of(4),
        EditorView.contentAttributes.of({ "aria-label": this.dataset.label ?? "Your code", "aria-describedby": "editor-help", tabindex: "0" }),
        keymap.of([
          { key: "Mod-Enter", run: () => this.ask() },
          ...closeBracketsKeymap, ...completionKeymap, ...searchKeymap, ...historyKeymap, ...defaultKeymap, indentWithTab,
        ]),
        EditorView.updateListener.of((update) => {
          if (!update.docChanged) return;
          area.value = update.state.doc.toString();
          this.changed();
        }),
      ],
    });
  }

  shrink() {
    const area = /** @type {HTMLTextAreaElement} */ (this.area);
    area.value = this.value;
    this.view?.destroy();
    this.view = undefined;
    area.hidden = false;
  }

  /** @param {KeyboardEvent} event */
  keys(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      this.ask();
    }
  }

  ask() {
    this.dispatchEvent(new CustomEvent("run", { bubbles: true }));
    return true;
  }

  changed() {
    this.dispatchEvent(new CustomEvent("changed", { bubbles: true }));
  }
}

customElements.define("code-editor", CodeEditor);
