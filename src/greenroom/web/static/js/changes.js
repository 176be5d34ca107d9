// What was changed since the starter, file by file, as lines that went and lines that came.
import { Chunk, Text } from "../vendor/codemirror.js";

const CONTEXT = 3;

/** @typedef {{path: string, before: string, after: string}} Change */
/** @typedef {{mark: " " | "-" | "+" | "…", text: string}} Line */

/**
 * The lines of a unified diff with three lines around each change; "…" stands for what was left out.
 * @param {string} before
 * @param {string} after
 * @returns {Line[]}
 */
export function diffLines(before, after) {
  const old = Text.of(before.split("\n"));
  const now = Text.of(after.split("\n"));
  /** @type {Line[]} */
  const lines = [];
  let at = 1; // the next line of `old` that was not shown
  const take = (/** @type {any} */ doc, /** @type {number} */ from, /** @type {number} */ to, /** @type {Line["mark"]} */ mark) => {
    for (let number = from; number < to; number += 1) lines.push({ mark, text: doc.line(number).text });
  };
  const around = (/** @type {number} */ to, /** @type {boolean} */ after_, /** @type {boolean} */ before_) => {
    const head = after_ ? Math.min(at + CONTEXT, to) : at;
    const tail = before_ ? Math.max(to - CONTEXT, head) : to;
    take(old, at, head, " ");
    if (tail > head) lines.push({ mark: "…", text: "" });
    take(old, tail, to, " ");
    at = to;
  };
  for (const chunk of Chunk.build(old, now)) {
    const [gone, goneTo] = span(old, chunk.fromA, chunk.toA);
    const [came, cameTo] = span(now, chunk.fromB, chunk.toB);
    around(gone, lines.length > 0, true);
    take(old, gone, goneTo, "-");
    take(now, came, cameTo, "+");
    at = goneTo;
  }
  if (lines.length) {
    const end = Math.min(at + CONTEXT, old.lines + 1);
    take(old, at, end, " ");
    if (end <= old.lines) lines.push({ mark: "…", text: "" });
  }
  return lines;
}

/**
 * The numbers of a chunk's first line and of the one after its last. A chunk ends one behind its last line's break.
 * @param {any} doc
 * @param {number} from
 * @param {number} to
 * @returns {[number, number]}
 */
function span(doc, from, to) {
  const first = from > doc.length ? doc.lines + 1 : doc.lineAt(from).number;
  return from === to ? [first, first] : [first, doc.lineAt(Math.min(to - 1, doc.length)).number + 1];
}

const WORDS = { "-": "removed", "+": "added" };

/**
 * Show *changes* in *dialog*.
 * @param {HTMLDialogElement} dialog
 * @param {Change[]} changes
 */
export function showChanges(dialog, changes) {
  const list = /** @type {HTMLElement} */ (dialog.querySelector(".diffs"));
  list.replaceChildren(...changes.map(shown));
  if (!changes.length) list.textContent = "Nothing is changed yet.";
  dialog.showModal();
}

/** @param {Change} change */
function shown(change) {
  const figure = document.createElement("figure");
  const caption = document.createElement("figcaption");
  const lines = diffLines(change.before, change.after);
  const count = (/** @type {string} */ mark) => lines.filter((line) => line.mark === mark).length;
  const added = count("+");
  caption.textContent = `${change.path}: ${added} ${added === 1 ? "line" : "lines"} added, ${count("-")} removed`;
  const body = document.createElement("pre");
  body.className = "diff";
  body.tabIndex = 0;
  body.setAttribute("role", "group");
  body.setAttribute("aria-label", `Changes of ${change.path}`);
  body.append(...lines.map(row));
  figure.append(caption, body);
  return figure;
}

/** @param {Line} line */
function row(line) {
  const element = document.createElement("span");
  element.className = { "-": "del", "+": "ins", "…": "gap", " ": "same" }[line.mark];
  if (line.mark === "-" || line.mark === "+") {
    const word = document.createElement("span");
    word.className = "sr";
    word.textContent = `${WORDS[line.mark]}: `;
    element.append(word);
  }
  element.append(`${line.mark} ${line.text}\n`);
  return element;
}
