// Saves the draft as it is typed. Never overwrites newer work of another tab; keeps a copy while the server is away.
import { Problem, send } from "./http.js";

const AFTER_MS = 800;
const LONGEST_WAIT_MS = 15_000;

export class AutoSave extends HTMLElement {
  connectedCallback() {
    this.revision = Number(this.dataset.revision);
    this.tab = sessionStorage.getItem("greenroom-tab") ?? crypto.randomUUID();
    sessionStorage.setItem("greenroom-tab", this.tab);
    this.wait = AFTER_MS;
    this.key = `greenroom-draft:${this.dataset.url}`;
  }

  /**
   * @param {() => string} read gives the text as it is now
   * @param {(text: string, revision: number) => void} onNewer is called when another tab was faster
   */
  watch(read, onNewer) {
    this.read = read;
    this.onNewer = onNewer;
    this.saved = read();
    addEventListener("pagehide", () => this.save(true));
    document.addEventListener("visibilitychange", () => document.hidden && this.save(true));
  }

  /** @returns {string | null} what an earlier page of this tab could not send */
  unsent() {
    return sessionStorage.getItem(this.key ?? "");
  }

  touched() {
    this.textContent = "…";
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), this.wait);
  }

  /** @param {boolean} [leaving] */
  async save(leaving = false) {
    clearTimeout(this.timer);
    const text = this.read?.() ?? "";
    if (this.stopped || text === this.saved) return;
    if (this.saving && !leaving) {
      this.again = true;
      return;
    }
    this.saving = true;
    sessionStorage.setItem(this.key ?? "", text);
    try {
      const answer = await send("PUT", this.dataset.url ?? "", { text, revision: this.revision, tab: this.tab }, { keepalive: leaving });
      this.accepted(text, answer.revision, answer.saved_at);
    } catch (error) {
      this.failed(error);
    } finally {
      this.saving = false;
    }
    if (this.again) {
      this.again = false;
      await this.save();
    }
  }

  /**
   * @param {string} text
   * @param {number} revision
   * @param {string} at
   */
  accepted(text, revision, at) {
    this.revision = revision;
    this.saved = text;
    this.wait = AFTER_MS;
    sessionStorage.removeItem(this.key ?? "");
    this.textContent = `saved ${new Date(at).toLocaleTimeString("en-GB")}`;
    this.dispatchEvent(new CustomEvent("saved", { bubbles: true }));
  }

  /** @param {unknown} error */
  failed(error) {
    if (error instanceof Problem && error.status === 409) {
      this.stopped = true;
      this.textContent = "not saved: another tab has newer work";
      this.onNewer?.(error.body.text, error.body.revision);
      return;
    }
    this.textContent = `not saved yet: ${error instanceof Problem ? error.message : "the server is away"}; a copy is kept in this tab`;
    this.wait = Math.min((this.wait ?? AFTER_MS) * 2, LONGEST_WAIT_MS);
    this.timer = setTimeout(() => this.save(), this.wait);
  }

  /**
   * Go on after a conflict, over the revision that the other tab wrote.
   * @param {number} revision
   */
  resume(revision) {
    this.revision = revision;
    this.stopped = false;
    this.saved = undefined;
    return this.save();
  }
}

customElements.define("auto-save", AutoSave);
