// The fields of one node, and the table of all of them: what is typed goes into the text, and comes back from it.
import { element, number } from "./elements.js";

/** @typedef {import("./design-canvas.js").DrawnNode} DrawnNode */
/** @typedef {import("./design-canvas.js").Drawing} Drawing */
/** @typedef {{does: string, name?: string, field?: string, value?: string}} Edit */
/** @typedef {(edit: Edit) => Promise<boolean>} Change */

const FIRST = ["copies", "workers", "cores", "ms", "query_ms", "hit", "batch", "pool"];

/**
 * An input for a field of a node; what it holds is what the text says, and what holds otherwise stands behind it.
 * @param {DrawnNode} node
 * @param {any} field
 * @param {Change} change
 * @param {string} id
 */
export function input(node, field, change, id) {
  const apply = (/** @type {Event} */ event) => {
    const value = /** @type {HTMLInputElement} */ (event.target).value;
    change({ does: "set-field", name: node.name, field: field.name, value });
  };
  const written = field.written === null ? "" : String(field.written);
  const common = { id, "data-key": id, "data-field": field.name, change: apply, "aria-describedby": `${id}-says` };
  const choices = field.sort === "flag" ? ["true", "false"] : field.choices;
  if (choices) {
    const none = element("option", { value: "" }, `not said (${field.value})`);
    return element("select", common, none, ...choices.map((/** @type {string} */ one) => element("option", { value: one, selected: one === written }, one)));
  }
  const held = field.value === null || field.value === undefined ? "" : String(field.value);
  return element("input", { ...common, type: "text", inputmode: field.sort === "number" ? "decimal" : "text", autocomplete: "off", spellcheck: "false", value: written, placeholder: held });
}

/**
 * The panel with everything that can be said of a node.
 * @param {HTMLElement} panel
 * @param {DrawnNode} node
 * @param {Drawing} drawing
 * @param {Change} change
 * @param {{close: () => void, remove: (name: string) => void}} ways
 */
export function showFields(panel, node, drawing, change, ways) {
  const rank = (/** @type {any} */ one) => (FIRST.indexOf(one.name) + FIRST.length + 1) % (FIRST.length + 1) + (FIRST.includes(one.name) ? 0 : FIRST.length);
  const rows = [...node.fields].sort((a, b) => rank(a) - rank(b)).map((one) => row(node, one, change));
  const note = timesNote(node);
  panel.replaceChildren(
    element("h3", { id: "fields-title", tabindex: -1 }, `${node.name}: ${node.kind}`),
    element("p", { class: "small muted" }, `${node.says[0].toUpperCase()}${node.says.slice(1)}.`),
    ...(note ? [note] : []),
    element("div", { class: "field-grid" }, ...rows),
    element("div", { class: "row" }, renaming(node, change), extending(node, drawing, change)),
    element(
      "p", { class: "row" },
      element("button", { type: "button", class: "small", click: ways.close }, "Close"),
      element("button", { type: "button", class: "small danger", click: () => ways.remove(node.name) }, `Remove ${node.name}`),
    ),
  );
}

/** @param {DrawnNode} node */
function timesNote(node) {
  if (!node.times_in_flows.length) return null;
  const times = node.times_in_flows.map((ms) => `${number(ms)} ms`).join(", ");
  return element("p", { class: "small muted" }, `The flows say ${times} for it, which goes before its own time.`);
}

/**
 * @param {DrawnNode} node
 * @param {any} field
 * @param {Change} change
 */
function row(node, field, change) {
  const id = `field-${field.name}`;
  const usual = field.usual ? ` Usual: ${number(field.usual[0])} to ${number(field.usual[1])}.` : "";
  return element(
    "p", { class: "field" },
    element("label", { for: id }, field.name),
    input(node, field, change, id),
    element("span", { class: "small muted", id: `${id}-says` }, `${field.says}.${usual}`),
  );
}

/**
 * @param {DrawnNode} node
 * @param {Change} change
 */
function renaming(node, change) {
  const field = element("input", { id: "new-name", type: "text", value: node.name, maxlength: 40, autocomplete: "off", spellcheck: "false", size: 12 });
  const rename = () => field.value.trim() !== node.name && change({ does: "rename-node", name: node.name, value: field.value.trim() });
  return element("span", { class: "row" }, element("label", { for: "new-name", class: "small" }, "Name"), field, element("button", { type: "button", class: "small", click: rename }, "Rename"));
}

/**
 * @param {DrawnNode} node
 * @param {Drawing} drawing
 * @param {Change} change
 */
function extending(node, drawing, change) {
  const select = element("select", { id: "to-flow" }, ...drawing.flows.map((one) => element("option", {}, one)));
  const extend = () => change({ does: "extend-flow", name: select.value, value: node.name });
  return element("span", { class: "row" }, element("label", { for: "to-flow", class: "small" }, "Flow"), select, element("button", { type: "button", class: "small", click: extend }, "Add to its end"));
}

/**
 * The table of all nodes: the same as the drawing, for the keyboard and for screen readers.
 * @param {HTMLElement} body
 * @param {Drawing} drawing
 * @param {Change} change
 * @param {(name: string) => void} open
 */
export function showTable(body, drawing, change, open) {
  const key = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset?.key;
  const focused = key && body.contains(document.activeElement) ? key : null;
  body.replaceChildren(...drawing.nodes.map((one) => tableRow(one, drawing, change, open)));
  if (focused) /** @type {HTMLElement | null} */ (body.querySelector(`[data-key="${CSS.escape(focused)}"]`))?.focus();
}

/**
 * @param {DrawnNode} node
 * @param {Drawing} drawing
 * @param {Change} change
 * @param {(name: string) => void} open
 */
function tableRow(node, drawing, change, open) {
  const then = drawing.arrows.filter((one) => one.from === node.name).map((one) => one.to + (one.label ? ` (${one.label})` : ""));
  const cell = (/** @type {string} */ name, /** @type {string} */ label) => {
    const field = node.fields.find((one) => one.name === name);
    if (!field) return element("td", { "data-label": label }, "–");
    const made = input(node, field, change, `cell-${node.name}-${field.name}`);
    made.setAttribute("aria-label", `${field.name} of ${node.name}: ${field.says}`);
    made.removeAttribute("aria-describedby");
    return element("td", { "data-label": label }, made);
  };
  return element(
    "tr", {},
    element("th", { scope: "row" }, element("button", { type: "button", class: "link", "data-key": `open-${node.name}`, click: () => open(node.name), "aria-label": `All fields of ${node.name}` }, node.name)),
    element("td", { "data-label": "Kind" }, node.kind),
    cell(fieldOf(node, "size_field"), node.size_field || "Copies"),
    cell(fieldOf(node, "ms_field"), "ms"),
    element("td", { "data-label": "Flows" }, node.flows.join(", ") || "none"),
    element("td", { "data-label": "Then" }, then.join(", ") || "–"),
  );
}

/**
 * @param {any} node
 * @param {string} name
 */
function fieldOf(node, name) {
  return node[name];
}
