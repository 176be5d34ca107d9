// The charts of a run that goes on: made once, and given new numbers as they come. Its end replaces them.
import { chartsOf, columns, legend, plot, redrawn } from "./design-charts.js";
import { element } from "./elements.js";

/** @typedef {import("./design-charts.js").Chart} Chart */

class LiveChart {
  /** @param {Chart} chart */
  constructor(chart) {
    this.chart = chart;
    /** @type {any} */
    this.course = null;
    /** @type {any} */
    this.plot = null;
    this.canvas = element("div", { class: "course", role: "img", "aria-label": `${chart.title}, while it is being run. The numbers come at the end.` });
    this.keys = element("div");
    this.root = element("figure", { class: "chart-of" }, element("figcaption", {}, `${chart.title} (${chart.unit})`), this.canvas, this.keys);
    redrawn(this.canvas, () => this.draw());
  }

  /**
   * @param {Chart} chart
   * @param {any} course
   */
  show(chart, course) {
    const same = this.plot && named(chart) === named(this.chart);
    this.chart = chart;
    this.course = course;
    if (same) this.plot.setData(columns(chart, course.every_s));
    else this.draw();
  }

  draw() {
    if (!this.course || !this.canvas.clientWidth) return;
    this.plot = plot(this.chart, this.course, this.canvas);
    this.keys.replaceChildren(legend(this.chart));
  }

  forget() {
    this.course = this.plot = null;
  }
}

export class LiveCharts {
  /**
   * @param {HTMLElement} box what is shown while a run goes on
   * @param {HTMLElement} results what is hidden meanwhile
   */
  constructor(box, results) {
    this.box = box;
    this.results = results;
    this.calm = matchMedia("(prefers-reduced-motion: reduce)");
    this.run = 1;
    /** @type {string[]} */
    this.queues = [];
    /** @type {LiveChart[]} */
    this.charts = [];
  }

  begin() {
    this.run = 1;
    this.queues = [];
    for (const one of this.charts) one.forget();
  }

  /** @param {any} course */
  show(course) {
    // Who wants no motion sees a new picture when a whole run has been added, and none grow.
    if (this.calm.matches && course.run === this.run) return;
    this.run = course.run;
    this.box.hidden = false;
    this.results.hidden = true;
    /** @type {HTMLElement} */ (this.box.querySelector("[data-at]")).textContent =
      `Run ${course.run} of ${course.runs}, at ${course.second} of ${course.seconds} s. ${course.run > 1 ? "The lines are the mean of the runs so far." : ""}`;
    const charts = chartsOf(course.over_time, this.fullest(course.queues));
    if (!this.charts.length) {
      this.charts = charts.map((one) => new LiveChart(one));
      this.box.querySelector(".charts")?.replaceChildren(...this.charts.map((one) => one.root));
    }
    charts.forEach((one, index) => this.charts[index].show(one, course));
  }

  end() {
    this.box.hidden = true;
    this.results.hidden = false;
  }

  /**
   * A node keeps its colour as long as it is among the fullest.
   * @param {Record<string, (number | null)[]>} queues
   */
  fullest(queues) {
    const come = Object.keys(queues).filter((one) => !this.queues.includes(one));
    const kept = this.queues.map((one) => (one in queues ? one : (come.shift() ?? "")));
    this.queues = [...kept, ...come].filter((one) => one in queues);
    return this.queues.map((name) => ({ name, values: queues[name] }));
  }
}

/** @param {Chart} chart */
function named(chart) {
  return chart.rows.map((one) => one.name).join("\n");
}
