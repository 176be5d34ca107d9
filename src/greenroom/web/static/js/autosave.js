// Saves the draft as it is typed. Never overwrites newer work of another tab; keeps a copy while the server is away.
import { Problem, send } from "./http.js";

const AFTER_MS = 800;
const PENDING = "…";
const LONGEST_WAIT_MS = 15_000;

/**
 * What this tab typed and the server has not confirmed: the text, the revision that it was typed over, and the texts
 * that were sent and may have arrived although no answer came back.
 * @typedef {{text: string, language?: string | null, revision: number, sent: string[]}} Copy
 */

export class AutoSave extends HTMLElement {
  connectedCallback() {
    this.revision = Number(this.dataset.revision);
    this.tab = sessionStorage.getItem("greenroom-tab") ?? crypto.randomUUID();
    sessionStorage.setItem("greenroom-tab", this.tab);
    this.wait = AFTER_MS;
    this.key = `greenroom-draft:${this.dataset.url}:${this.dataset.point ?? ""}`;
    /** @type {Promise<boolean> | undefined} */
    this.saving = undefined;
    /** What was shown before the last change. */
    this.said = "";
    /** Why the last try to save failed. */
    this.trouble = "";
  }

  /**
   * @param {() => string} read gives the text as it is now
   * @param {string} stored the text that came with the page: what is typed before this script runs is no part of it
   * @param {(text: string, revision: number, language: string | null) => void} onNewer is called when another tab was faster
   * @returns {string | null} what an earlier page of this tab could not save
   */
  watch(read, stored, onNewer) {
    this.read = read;
    this.onNewer = onNewer;
    this.saved = stored;
    this.savedLanguage = this.language;
    addEventListener("pagehide", () => this.save(true));
    document.addEventListener("visibilitychange", () => document.hidden && this.save(true));
    addEventListener("beforeunload", (event) => this.trouble && event.preventDefault());
    return this.recover();
  }

  /** @returns {string | null} */
  recover() {
    const copy = this.copy();
    if (copy.text === this.saved && (copy.language ?? null) === this.language) {
      sessionStorage.removeItem(this.key ?? "");
      return null;
    }
    // Over the revision that it was typed over: if another tab wrote since then, the server says so.
    if (copy.text !== null) this.revision = copy.revision;
    if (copy.language) this.language = copy.language ?? null;
    return copy.text;
  }

  /** @returns {Copy | {text: null, language?: null, revision: number, sent: string[]}} */
  copy() {
    const kept = sessionStorage.getItem(this.key ?? "");
    return kept === null ? { text: null, revision: 0, sent: [] } : JSON.parse(kept);
  }

  /** @param {string} text */
  keep(text) {
    const sent = [...new Set([...this.copy().sent, text])].slice(-4);
    sessionStorage.setItem(this.key ?? "", JSON.stringify({ text, language: this.language, revision: this.revision, sent }));
  }

  touched() {
    if (!this.trouble && this.textContent !== PENDING) {
      this.said = this.textContent ?? "";
      this.textContent = PENDING;
    }
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), this.wait);
  }

  /**
   * Save what is there now.
   * @param {boolean} [leaving] the page goes away: send at once, and let the request outlive the page
   * @returns {Promise<boolean>} whether the server has all of it
   */
  save(leaving = false) {
    clearTimeout(this.timer);
    if (leaving) return this.put(true);
    this.saving ??= this.putAll().finally(() => {
      this.saving = undefined;
    });
    return this.saving;
  }

  async putAll() {
    while (await this.put(false)) {
      if (this.read?.() === this.saved && this.language === this.savedLanguage) return true;
    }
    return false;
  }

  /**
   * @param {boolean} leaving
   * @returns {Promise<boolean>}
   */
  async put(leaving) {
    const text = this.read?.() ?? "";
    const language = this.language;
    if (text === this.saved && language === this.savedLanguage) {
      if (this.textContent === PENDING) this.textContent = this.said;  // typed, and taken back
      return true;
    }
    if (this.stopped) return false;
    this.keep(text);
    const body = { text, revision: this.revision, tab: this.tab, point: this.dataset.point ?? null, language };
    try {
      const answer = await send("PUT", this.dataset.url ?? "", body, { keepalive: leaving });
      this.savedLanguage = language;
      this.accepted(text, answer.revision, answer.saved_at);
      return true;
    } catch (error) {
      return this.failed(error);
    }
  }

  /**
   * What the code is written in; null where nothing else can be chosen.
   * @type {string | null}
   */
  get language() {
    return this.select?.value ?? null;
  }

  set language(name) {
    if (this.select && name) this.select.value = name;
  }

  get select() {
    return /** @type {HTMLSelectElement | null} */ (document.getElementById("language"));
  }

  /**
   * @param {string} text
   * @param {number} revision
   * @param {string} at
   */
  accepted(text, revision, at) {
    this.revision = revision;
    this.saved = text;
    this.trouble = "";
    this.wait = AFTER_MS;
    sessionStorage.removeItem(this.key ?? "");
    this.textContent = `saved ${new Date(at).toLocaleTimeString("en-GB")}`;
    this.dispatchEvent(new CustomEvent("saved", { bubbles: true }));
  }

  /**
   * @param {unknown} error
   * @returns {boolean} whether saving can go on at once
   */
  failed(error) {
    if (error instanceof Problem && error.status === 409 && "revision" in (error.body ?? {})) return this.met(error.body);
    this.trouble = error instanceof Problem ? error.message : "the server is away";
    this.textContent = `not saved yet: ${this.trouble}; a copy is kept in this tab`;
    this.wait = Math.min((this.wait ?? AFTER_MS) * 2, LONGEST_WAIT_MS);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), this.wait);
    return false;
  }

  /**
   * Another revision is there already: our own, whose answer was lost on the way, or another tab's.
   * @param {{text: string, language: string | null, revision: number}} newer
   */
  met(newer) {
    if (this.copy().sent.includes(newer.text)) {
      this.revision = newer.revision;
      this.saved = newer.text;
      this.savedLanguage = newer.language ?? this.savedLanguage;
      return true;
    }
    this.stopped = true;
    this.trouble = "another tab has newer work";
    this.textContent = `not saved: ${this.trouble}`;
    this.onNewer?.(newer.text, newer.revision, newer.language);
    return false;
  }

  /**
   * Go on after a conflict, over the revision that the other tab wrote.
   * @param {number} revision
   */
  resume(revision) {
    this.revision = revision;
    this.stopped = false;
    this.trouble = "";
    this.saved = undefined;
    return this.save();
  }
}

customElements.define("auto-save", AutoSave);
