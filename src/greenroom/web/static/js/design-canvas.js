// A design as a drawing: nodes are buttons that arrow keys walk between, arrows say who calls whom. Laid out by dagre.
import { Graph, layout } from "../vendor/dagre.js";
import { number, shape } from "./elements.js";

const WIDTH = 136;
const HEIGHT = 50;
const MARGIN = 12;
const MOST_LETTERS = 17;
const WAYS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

/** @typedef {{name: string, kind: string, says: string, size: number | null, size_field: string, ms: number | string | null, flows: string[], fields: any[], times_in_flows: number[]}} DrawnNode */
/** @typedef {{from: string, to: string, sort: "call" | "miss" | "after", label: string, flows: string[]}} DrawnArrow */
/** @typedef {{nodes: DrawnNode[], arrows: DrawnArrow[], flows: string[], estimate: Record<string, number>, bottleneck: string | null, clamped: any[], has_reasons: boolean}} Drawing */

export class DesignCanvas extends HTMLElement {
  connectedCallback() {
    /** @type {Map<string, {x: number, y: number}>} */
    this.places = new Map();
    this.at = "";
    this.chosen = "";
    /** @type {Record<string, number>} */
    this.busy = {};
    this.addEventListener("keydown", (event) => this.keys(event));
    this.addEventListener("focusin", (event) => this.enter(/** @type {Element} */ (event.target)));
  }

  /**
   * @param {Drawing} drawing
   * @param {boolean} stale the text has changed since, and cannot be read
   */
  show(drawing, stale) {
    this.toggleAttribute("data-stale", stale);
    const focused = this.contains(document.activeElement) ? this.at : "";
    this.drawing = drawing;
    if (!drawing.nodes.some((one) => one.name === this.at)) this.at = drawing.nodes[0]?.name ?? "";
    const first = !this.childElementCount;
    this.replaceChildren(this.drawn(drawing));
    if (first) this.scrollLeft = (this.scrollWidth - this.clientWidth) / 2;
    if (focused) this.focusNode(this.at ?? "");
  }

  /**
   * How busy each node was in the last run, 0 to 1.
   * @param {Record<string, number>} busy
   */
  load(busy) {
    this.busy = busy;
    if (this.drawing) this.show(this.drawing, this.hasAttribute("data-stale"));
  }

  /** @param {string} name the node whose fields are open */
  choose(name) {
    this.chosen = name;
    for (const one of this.querySelectorAll(".node")) one.classList.toggle("chosen", this.nameOf(one) === name);
  }

  /** @param {string} name */
  focusNode(name) {
    const found = [...this.querySelectorAll(".node")].find((one) => this.nameOf(one) === name);
    /** @type {SVGGElement | undefined} */ (found)?.focus();
  }

  /** @param {Element} one */
  nameOf(one) {
    return /** @type {SVGGElement} */ (one).dataset.name ?? "";
  }

  /** @param {Drawing} drawing */
  drawn(drawing) {
    const graph = new Graph({ multigraph: true });
    graph.setGraph({ rankdir: "TB", nodesep: 22, ranksep: 34, marginx: MARGIN, marginy: MARGIN });
    graph.setDefaultEdgeLabel(() => ({}));
    for (const one of drawing.nodes) graph.setNode(one.name, { width: WIDTH, height: HEIGHT });
    drawing.arrows.forEach((one, index) => graph.setEdge(one.from, one.to, { ...labelSize(one.label) }, String(index)));
    layout(graph);
    const { width = 0, height = 0 } = graph.graph();
    const [w, h] = [Math.max(width, WIDTH), Math.max(height, HEIGHT)].map(Math.ceil);
    this.places = new Map(drawing.nodes.map((one) => [one.name, graph.node(one.name)]));
    const root = shape("svg", { width: w, height: h, viewBox: `0 0 ${w} ${h}`, role: "group", "aria-label": "The design as a drawing" });
    root.append(heads(), ...drawing.arrows.map((one, index) => this.arrow(one, graph.edge(one.from, one.to, String(index)))));
    root.append(...drawing.nodes.map((one) => this.node(one)));
    return root;
  }

  /**
   * @param {DrawnArrow} arrow
   * @param {any} edge
   */
  arrow(arrow, edge) {
    const label = arrow.label ? shape("text", { x: edge.x, y: edge.y + 4, "text-anchor": "middle" }, arrow.label) : null;
    return shape("g", { class: `arrow ${arrow.sort}`, "aria-hidden": "true" }, shape("path", { d: curve(edge.points), "marker-end": "url(#head)" }), label);
  }

  /** @param {DrawnNode} node */
  node(node) {
    const { x, y } = /** @type {{x: number, y: number}} */ (this.places?.get(node.name));
    const busy = this.busy?.[node.name];
    const [left, top] = [x - WIDTH / 2, y - HEIGHT / 2];
    const named = node.name === this.drawing?.bottleneck ? shape("tspan", { class: "named" }, " ◆") : null;
    const size = node.size ? ` ×${node.size}` : "";
    return shape(
      "g",
      {
        class: `node${node.name === this.chosen ? " chosen" : ""}${node.flows.length ? "" : " unused"}`,
        role: "button", tabindex: node.name === this.at ? 0 : -1, "data-name": node.name, "aria-label": this.said(node),
        click: () => this.open(node.name),
      },
      shape("rect", { x: left, y: top, width: WIDTH, height: HEIGHT, rx: 8 }),
      shape("text", { class: "name", x: left + 10, y: top + 20 }, shortened(node.name, busy === undefined ? MOST_LETTERS : MOST_LETTERS - 6), named),
      shape("text", { class: "kind", x: left + 10, y: top + 37 }, shortened(`${node.kind}${size}`)),
      busy === undefined ? null : shape("rect", { class: "track", x: left, y: top + HEIGHT - 4, width: WIDTH, height: 4 }),
      busy === undefined ? null : shape("rect", { class: busy >= 0.9 ? "load full" : "load", x: left, y: top + HEIGHT - 4, width: WIDTH * Math.min(1, busy), height: 4 }),
      busy === undefined ? null : shape("text", { class: "kind", x: left + WIDTH - 8, y: top + 20, "text-anchor": "end" }, `${Math.round(100 * busy)} %`),
    );
  }

  /** @param {DrawnNode} node */
  said(node) {
    const to = this.drawing?.arrows.filter((one) => one.from === node.name) ?? [];
    const busy = this.busy?.[node.name];
    return [
      `${node.name}, ${node.kind}`,
      node.size ? `${node.size} ${node.size_field}` : "",
      node.name === this.drawing?.bottleneck ? "named as the bottleneck" : "",
      busy === undefined ? "" : `${number(100 * busy)} percent busy in the last run`,
      to.length ? `then ${to.map((one) => one.to + (one.label ? ` (${one.label})` : "")).join(", ")}` : "",
      node.flows.length ? "" : "in no flow",
    ].filter(Boolean).join("; ");
  }

  /** @param {Element} target */
  enter(target) {
    const node = target.closest(".node");
    if (!node) return;
    this.at = this.nameOf(node);
    for (const one of this.querySelectorAll(".node")) one.setAttribute("tabindex", one === node ? "0" : "-1");
  }

  /** @param {KeyboardEvent} event */
  keys(event) {
    const way = WAYS[/** @type {keyof typeof WAYS} */ (event.key)];
    if (way) {
      event.preventDefault();
      this.focusNode(this.next(way));
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.open(this.at ?? "");
    } else if (event.key === "Delete") {
      this.dispatchEvent(new CustomEvent("remove", { detail: this.at }));
    }
  }

  /** @param {string} name */
  open(name) {
    this.dispatchEvent(new CustomEvent("open", { detail: name }));
  }

  /**
   * The nearest node in a direction: what lies aside counts double.
   * @param {number[]} way
   */
  next([dx, dy]) {
    const from = this.places?.get(this.at ?? "");
    if (!from) return this.at ?? "";
    const rows = [...(this.places ?? [])].map(([name, to]) => {
      const [along, aside] = [(to.x - from.x) * dx + (to.y - from.y) * dy, Math.abs((to.x - from.x) * dy) + Math.abs((to.y - from.y) * dx)];
      return { name, along, far: along + 2 * aside };
    });
    const ahead = rows.filter((one) => one.along > 1).sort((a, b) => a.far - b.far);
    return ahead[0]?.name ?? this.at ?? "";
  }
}

/**
 * @param {string} text
 * @param {number} [most]
 */
function shortened(text, most = MOST_LETTERS) {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

/** @param {string} label */
function labelSize(label) {
  return label ? { width: 7 * label.length + 8, height: 16, labelpos: "c" } : {};
}

function heads() {
  return shape("defs", {}, shape("marker", { id: "head", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto-start-reverse" }, shape("path", { d: "M0 0 8 4 0 8z" })));
}

/**
 * A line through the middles of what dagre gives: round, and never beside its points.
 * @param {{x: number, y: number}[]} points
 */
function curve(points) {
  const [first, ...rest] = points;
  const parts = [`M${first.x} ${first.y}`];
  rest.slice(0, -1).forEach((one, index) => {
    const next = rest[index + 1];
    const last = index === rest.length - 2;
    parts.push(`Q${one.x} ${one.y} ${last ? next.x : (one.x + next.x) / 2} ${last ? next.y : (one.y + next.y) / 2}`);
  });
  if (rest.length === 1) parts.push(`L${rest[0].x} ${rest[0].y}`);
  return parts.join("");
}

customElements.define("design-canvas", DesignCanvas);

