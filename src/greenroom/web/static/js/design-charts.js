// What happened over time, drawn by uPlot: faults are shaded and named, and a table has the same numbers.
import { Plot } from "../vendor/uplot.js";
import { element, number } from "./elements.js";

const HEIGHT = 170;
const NARROWEST = 240;
const MOST_QUEUES = 3;

/** @typedef {{name: string, values: (number | null)[]}} Queue */
/** @typedef {{title: string, unit: string, rows: {name: string, values: (number | null)[], colour: string, dash?: number[]}[]}} Chart */
/** @typedef {{fault: string, at_s: number, for_s: number, state: string}} Fault */

/**
 * Charts of a run, which follow the width of the page and its colours.
 * @param {any} run
 * @returns {HTMLElement}
 */
export function charts(run) {
  const box = element("div", { class: "charts" });
  for (const one of chartsOf(run.over_time, fullest(run.queues))) box.append(figure(one, run));
  return box;
}

/**
 * @param {Record<string, number[]>} queues
 * @returns {Queue[]}
 */
function fullest(queues) {
  return Object.entries(queues)
    .map(([name, values]) => ({ name, values, most: Math.max(0, ...values) }))
    .sort((a, b) => b.most - a.most).slice(0, MOST_QUEUES);
}

/**
 * @param {Record<string, (number | null)[]>} over
 * @param {Queue[]} queues
 * @returns {Chart[]}
 */
export function chartsOf(over, queues) {
  const colours = ["--accent", "--time", "--muted"];
  return [
    { title: "Requests and good answers a second", unit: "/s", rows: [{ name: "requests", values: over.offered_rps, colour: "--muted", dash: [4, 3] }, { name: "good answers", values: over.goodput_rps, colour: "--accent" }] },
    { title: "Errors", unit: "%", rows: [{ name: "errors", values: over.errors_pct, colour: "--fail" }] },
    { title: "99th percentile", unit: "ms", rows: [{ name: "p99", values: over.p99_ms, colour: "--time" }] },
    { title: "Waiting", unit: "requests", rows: queues.map((one, index) => ({ ...one, colour: colours[index], dash: index ? [6, 2 * index + 1] : undefined })) },
  ];
}

/**
 * @param {Chart} chart
 * @param {any} run
 */
function figure(chart, run) {
  const canvas = element("div", { class: "course", role: "img", "aria-label": said(chart, run) });
  const made = element("figure", { class: "chart-of" }, element("figcaption", {}, `${chart.title} (${chart.unit})`), canvas, legend(chart), table(chart));
  redrawn(canvas, () => plot(chart, run, canvas));
  return made;
}

/**
 * Call *draw* once the width of *canvas* is known, and whenever it or the colours change.
 * @param {HTMLElement} canvas
 * @param {() => void} draw
 */
export function redrawn(canvas, draw) {
  let width = 0;
  new ResizeObserver(([entry]) => {
    const now = Math.floor(entry.contentRect.width);
    if (now && now !== width) {
      width = now;
      draw();
    }
  }).observe(canvas);
  document.getElementById("theme")?.addEventListener("change", draw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}

/**
 * The numbers of *chart* as uPlot takes them; *every* seconds lie between two of them.
 * @param {Chart} chart
 * @param {number} [every]
 */
export function columns(chart, every = 1) {
  return [chart.rows[0]?.values.map((_, index) => index * every) ?? [], ...chart.rows.map((one) => one.values)];
}

/**
 * @param {Chart} chart
 * @param {any} run a run, or the course of one that goes on
 * @param {HTMLElement} canvas
 * @returns {any} the plot
 */
export function plot(chart, run, canvas) {
  const style = getComputedStyle(canvas);
  const colour = (/** @type {string} */ name) => style.getPropertyValue(name);
  const every = run.every_s ?? 1;
  const axis = { stroke: colour("--muted"), grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line"), width: 1 }, font: `12px ${style.fontFamily}` };
  canvas.replaceChildren();
  return new /** @type {any} */ (Plot)(
    {
      width: Math.max(NARROWEST, canvas.clientWidth), height: HEIGHT, legend: { show: false }, cursor: { show: false }, padding: [14, 18, 0, 0],
      scales: { x: { time: false, range: [0, every * (Math.ceil(run.seconds / every) - 1)] }, y: { range: (/** @type {any} */ _, /** @type {number} */ low, /** @type {number} */ high) => [0, Math.max(high * 1.08, 1)] } },
      axes: [{ ...axis, values: (/** @type {any} */ _, /** @type {number[]} */ all) => all.map((one) => `${one} s`) }, { ...axis, size: 54, values: (/** @type {any} */ _, /** @type {number[]} */ all) => all.map(short) }],
      series: [{}, ...chart.rows.map((one) => ({ label: one.name, stroke: colour(one.colour), width: 2, dash: one.dash, points: { show: false } }))],
      hooks: { drawAxes: [(/** @type {any} */ made) => shade(made, run.faults, colour("--time"), colour("--ink"))] },
    },
    columns(chart, every),
    canvas,
  );
}

/** @param {number} value */
function short(value) {
  return value >= 10_000 ? `${value / 1000}k` : String(value);
}

/**
 * @param {any} made the plot
 * @param {Fault[]} faults
 * @param {string} colour
 * @param {string} ink
 */
function shade(made, faults, colour, ink) {
  const { ctx, bbox } = made;
  ctx.save();
  faults.forEach((one, index) => {
    const [from, to] = [one.at_s, one.at_s + one.for_s].map((at) => made.valToPos(at, "x", true));
    ctx.globalAlpha = 0.18;
    ctx.fillStyle = colour;
    ctx.fillRect(from, bbox.top, Math.max(2, to - from), bbox.height);
    ctx.globalAlpha = 1;
    ctx.fillStyle = ink;
    ctx.font = `${11 * devicePixelRatio}px sans-serif`;
    ctx.fillText(String(index + 1), from + 3, bbox.top - 3);
  });
  ctx.restore();
}

/** @param {Chart} chart */
export function legend(chart) {
  const rows = chart.rows.map((one) => element("li", {}, element("span", { class: `line ${one.colour.slice(2)}${one.dash ? " dashed" : ""}`, "aria-hidden": "true" }), one.name));
  return element("ul", { class: "legend small" }, ...rows);
}

/**
 * @param {Chart} chart
 * @param {any} run
 */
function said(chart, run) {
  const rows = chart.rows.map((one) => {
    const known = one.values.filter((value) => value !== null).map(Number);
    return `${one.name} from ${number(Math.min(...known))} to ${number(Math.max(...known))}`;
  });
  const faults = run.faults.map((/** @type {Fault} */ one, /** @type {number} */ index) => `fault ${index + 1} at ${one.at_s} s`);
  return `${chart.title} in ${chart.unit} over ${run.seconds} s: ${[...rows, ...faults].join("; ")}. The table below has the numbers.`;
}

/** @param {Chart} chart */
function table(chart) {
  const details = element("details", {}, element("summary", { class: "small" }, "As a table"));
  details.addEventListener("toggle", () => details.querySelector("table") || details.append(rows(chart)), { once: true });
  return details;
}

/** @param {Chart} chart */
function rows(chart) {
  const head = element("tr", {}, element("th", { scope: "col" }, "Second"), ...chart.rows.map((one) => element("th", { scope: "col" }, one.name)));
  const body = (chart.rows[0]?.values ?? []).map((_, at) => element("tr", {}, element("th", { scope: "row" }, String(at)), ...chart.rows.map((one) => element("td", {}, number(one.values[at])))));
  return element("div", { class: "scroll tall", tabindex: 0, role: "region", "aria-label": chart.title }, element("table", {}, element("thead", {}, head), element("tbody", {}, ...body)));
}
