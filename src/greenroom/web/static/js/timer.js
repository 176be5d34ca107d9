// The round's clock: counts down by the server's time, can be hidden, and speaks up twice.
import { send } from "./http.js";

const HEARTBEAT_MS = 30_000;
const ANNOUNCED = [300, 60];

class RoundTimer extends HTMLElement {
  connectedCallback() {
    this.clock = /** @type {HTMLElement} */ (this.querySelector(".clock"));
    this.button = /** @type {HTMLButtonElement} */ (this.querySelector("button"));
    this.voice = /** @type {HTMLElement} */ (this.querySelector('[role="status"]'));
    this.running = this.dataset.running === "true";
    this.set(Number(this.dataset.remaining));
    this.button.hidden = false;
    this.hide(localStorage.getItem("greenroom-clock") === "hidden");
    this.button.addEventListener("click", () => this.hide(this.button?.getAttribute("aria-pressed") !== "true"));
    this.ticking = setInterval(() => this.show(), 500);
    this.beating = setInterval(() => this.beat(), HEARTBEAT_MS);
    document.addEventListener("visibilitychange", () => document.hidden || this.beat());
    if (this.running) this.beat();
  }

  disconnectedCallback() {
    clearInterval(this.ticking);
    clearInterval(this.beating);
  }

  /** @param {number} seconds */
  set(seconds) {
    this.left = seconds;
    this.since = performance.now();
    this.show();
  }

  /** @returns {number} */
  now() {
    const passed = this.running ? (performance.now() - (this.since ?? 0)) / 1000 : 0;
    return (this.left ?? 0) - passed;
  }

  show() {
    const left = this.now();
    const whole = Math.abs(Math.trunc(left));
    const text = `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
    if (this.clock) this.clock.textContent = left < 0 ? `+${text}` : text;
    this.toggleAttribute("data-low", left < 60);
    this.title = left < 0 ? "The time is over. You may still hand in; the report says how late." : "";
    this.announce(left);
  }

  /** @param {number} left */
  announce(left) {
    const limit = Number(this.dataset.limit);
    for (const mark of ANNOUNCED) {
      if (mark < limit && left <= mark && left > mark - 2 && this.voice && this.said !== mark) {
        this.said = mark;
        this.voice.textContent = mark === 60 ? "One minute left in this round." : "Five minutes left in this round.";
      }
    }
  }

  /** @param {boolean} hidden */
  hide(hidden) {
    localStorage.setItem("greenroom-clock", hidden ? "hidden" : "shown");
    if (this.clock) this.clock.hidden = hidden;
    this.button?.setAttribute("aria-pressed", String(hidden));
    if (this.button) this.button.textContent = hidden ? "Show clock" : "Hide clock";
  }

  async beat() {
    if (!this.running) return;
    try {
      const answer = await send("POST", /** @type {string} */ (this.dataset.heartbeat), {});
      this.set(answer.remaining_s);
    } catch {
      // The server is away: the next beat tells it; the clock stands still there meanwhile.
    }
  }
}

customElements.define("round-timer", RoundTimer);
