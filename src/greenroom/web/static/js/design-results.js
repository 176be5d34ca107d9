// What a run has shown: limits with their verdicts, the course of time, nodes, faults, and what was only declared.
import { charts } from "./design-charts.js";
import { element, number } from "./elements.js";

const MARKS = { met: "✓", unharmed: "✓", recovered: "✓", marginal: "~", missed: "✗", down: "✗" };
const SORTS = { met: "pass", unharmed: "pass", recovered: "pass", marginal: "half", missed: "fail", down: "fail" };
const TITLES = { p50_ms: "median", p95_ms: "95th percentile", p99_ms: "99th percentile", errors_pct: "errors", usd_month: "cost a month", rpo_s: "loss of data" };
const UNITS = { p50_ms: "ms", p95_ms: "ms", p99_ms: "ms", errors_pct: "%", usd_month: "USD", rpo_s: "s" };

/**
 * Everything about *run*.
 * @param {HTMLElement} box
 * @param {any} run
 */
export function showRun(box, run) {
  const parts = [
    headline(run), missing(run),
    section("Limits", verdicts(run)),
    section("Over time", charts(run)), section("Faults", faults(run)),
    section("Nodes, while nothing was broken", nodes(run)),
    section("Your estimates", estimates(run)),
    section("Declared, not simulated", declared(run)),
    section("Notes", notes(run)),
  ];
  box.replaceChildren(...parts.filter((one) => one !== null));
  for (const one of [...box.children]) if (one.tagName === "SECTION" && one.childElementCount < 2) one.remove();
}

/**
 * @param {string} title
 * @param {Node | null} content
 */
function section(title, content) {
  return element("section", {}, element("h3", {}, title), content);
}

/** @param {any} run */
export function headline(run) {
  const parts = [
    `99 % within ${number(run.p99_ms.value)} ms`, `${number(run.goodput_rps)} good answers a second`,
    `${number(run.errors_pct)} % errors`, `${number(run.usd_month)} USD a month`,
    run.bottleneck ? `busiest: ${run.bottleneck}` : "",
  ];
  return element("p", { class: "headline" }, parts.filter(Boolean).join(" · "));
}

/** @param {any} run */
function missing(run) {
  if (!run.lacking?.length) return null;
  return element("p", { class: "time" }, `! Work does not pass ${run.lacking.join(", ")} as often as the round asks: handed in like this, only the parts and the estimates would count.`);
}

/**
 * A verdict as a symbol and a word.
 * @param {string} name
 */
function verdict(name) {
  const key = /** @type {keyof typeof MARKS} */ (name);
  return element("span", { class: `verdict ${SORTS[key]}` }, element("span", { "aria-hidden": "true" }, `${MARKS[key]} `), name);
}

/** @param {any} run */
function verdicts(run) {
  if (!run.slo.length) return null;
  const rows = run.slo.map((/** @type {any} */ one) => {
    const name = /** @type {keyof typeof TITLES} */ (one.name);
    const range = one.declared ? "" : ` (${number(one.low)} to ${number(one.high)})`;
    const note = one.declared ? element("span", { class: "muted small" }, " declared, not simulated") : null;
    return element("li", {}, verdict(one.verdict), ` ${TITLES[name]}: ${number(one.value)}${range} ${UNITS[name]}, at most ${number(one.limit)} `, note);
  });
  return element("ul", { class: "plain-list" }, ...rows);
}

/** @param {any} run */
function faults(run) {
  if (!run.faults.length) return null;
  const rows = run.faults.map((/** @type {any} */ one, /** @type {number} */ index) => {
    const back = one.state === "recovered" ? `, back ${number(one.back_s)} s after its end` : "";
    return element("li", {}, verdict(one.state), ` ${index + 1}. ${one.fault}, at ${number(one.at_s)} s for ${number(one.for_s)} s: down to ${number(100 * one.worst)} % good answers${back}`);
  });
  return element("ul", { class: "plain-list" }, ...rows);
}

/** @param {any} run */
function nodes(run) {
  const rows = [];
  for (const [name, one] of Object.entries(run.nodes)) {
    rows.push(nodeRow(name, one));
    for (const [part, its] of Object.entries(/** @type {any} */ (one).parts)) rows.push(nodeRow(`${name} ${part}`, its));
  }
  const heads = ["Node", "Busy", "Waiting", "Served a second", "Copies"].map((one) => element("th", { scope: "col" }, one));
  return element("div", { class: "records" }, element("table", {}, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows)));
}

/**
 * @param {string} name
 * @param {any} one
 */
function nodeRow(name, one) {
  const percent = Math.round(100 * one.utilisation);
  const fill = one.batch_fill === undefined ? "" : `, batches ${Math.round(100 * one.batch_fill)} % full`;
  const bar = element("meter", { min: 0, max: 100, value: Math.min(100, percent), high: 90, low: 70, optimum: 0, "aria-hidden": "true" });
  return element(
    "tr", {},
    element("th", { scope: "row" }, name),
    element("td", { "data-label": "Busy" }, element("span", { class: "busy" }, bar, ` ${percent} %${fill}`)),
    element("td", { "data-label": "Waiting" }, number(one.queue)),
    element("td", { "data-label": "Served a second" }, number(one.served_rps)),
    element("td", { "data-label": "Copies" }, number(one.copies)),
  );
}

/** @param {any} run */
function estimates(run) {
  if (!run.estimates.length) return null;
  const words = { 1: "within a factor of two", 0.5: "within a factor of five", 0: "further off" };
  const rows = run.estimates.map((/** @type {any} */ one) =>
    element(
      "tr", {},
      element("th", { scope: "row" }, one.name),
      element("td", { "data-label": "You said" }, number(one.estimate)),
      element("td", { "data-label": "It is" }, number(one.reference)),
      element("td", { "data-label": "That is" }, `${{ 1: "✓", 0.5: "◐", 0: "✗" }[/** @type {0 | 1} */ (one.share)]} ${words[/** @type {0 | 1} */ (one.share)]}`),
      element("td", { "data-label": "By" }, one.law),
    ));
  const named = run.bottleneck_named ? `You named ${run.bottleneck_named} as the bottleneck; the busiest was ${run.bottleneck}.` : "You named no bottleneck.";
  const heads = ["Estimate", "You said", "It is", "That is", "By"].map((one) => element("th", { scope: "col" }, one));
  return element("div", { class: "records" }, element("table", {}, element("thead", {}, element("tr", {}, ...heads)), element("tbody", {}, ...rows)), element("p", { class: "small" }, named));
}

/** @param {any} run */
function declared(run) {
  const points = run.declared.single_points_of_failure;
  const rows = [
    points.length ? `Single points of failure: ${points.join(", ")}.` : "No single point of failure.",
    ...Object.entries(run.declared.lost_s).map(([name, seconds]) => `When ${name} is lost, so are up to ${number(/** @type {number} */ (seconds))} s of data.`),
  ];
  return element("ul", { class: "plain-list" }, ...rows.map((one) => element("li", {}, one)));
}

/** @param {any} run */
function notes(run) {
  const taken = run.clamped.map((/** @type {any} */ one) => `${one.node}: ${one.field} is ${number(one.declared)} in the text; ${number(one.used)} was taken (usual: ${number(one.usual[0])} to ${number(one.usual[1])}).`);
  const rows = [...run.notes, ...taken];
  return rows.length ? element("ul", { class: "plain-list" }, ...rows.map((one) => element("li", {}, one))) : null;
}

class DesignResults extends HTMLElement {
  connectedCallback() {
    const data = this.querySelector('script[type="application/json"]');
    if (data) showRun(this, JSON.parse(data.textContent ?? "null"));
  }
}

customElements.define("design-results", DesignResults);
