// The interview screen: editor or text area, autosave, runs, submissions, and questions before something ends.
import "./timer.js";
import { AutoSave } from "./autosave.js";
import { Problem, send } from "./http.js";
import { JudgeStream } from "./judge-stream.js";

const form = /** @type {HTMLFormElement | null} */ (document.getElementById("typed"));

/** @param {string} name */
const action = (name) => /** @type {HTMLButtonElement | null} */ (document.querySelector(`[data-action="${name}"]`));

/** @param {string} question */
function confirmed(question) {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("confirm"));
  /** @type {HTMLElement} */ (dialog.querySelector("p")).textContent = question;
  dialog.returnValue = "no";
  dialog.showModal();
  return new Promise((resolve) => dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true }));
}

// Buttons that leave what is being typed ([data-leave]): ask first where that is wanted, then save, then go.
const ready = new WeakSet();
let going = false;
addEventListener("pageshow", () => {
  going = false;
});
document.addEventListener("submit", (event) => {
  const by = /** @type {HTMLButtonElement | null} */ (event.submitter);
  if (by?.dataset.leave === undefined || ready.delete(by)) return;
  event.preventDefault();
  leave(/** @type {HTMLFormElement} */ (event.target), by);
});

/**
 * @param {HTMLFormElement} form
 * @param {HTMLButtonElement} by
 */
async function leave(form, by) {
  if (by.dataset.confirm && !(await confirmed(by.dataset.confirm))) return;
  const autosave = /** @type {AutoSave | null} */ (form.querySelector("auto-save"));
  if (autosave && !(await autosave.save()) && !(await leftBehind(form, by, autosave))) return;
  // A double click must not leave two follow-ups, or pay for two hints.
  if (going) return;
  going = true;
  ready.add(by);
  // A form that is still firing its submit event ignores a second one.
  setTimeout(() => form.requestSubmit(by));
}

/**
 * What is typed could not be saved: stay, unless the candidate wants to go without it.
 * @param {HTMLFormElement} form
 * @param {HTMLButtonElement} by
 * @param {AutoSave} autosave
 */
async function leftBehind(form, by, autosave) {
  if (by.dataset.leave === "saved") return false;
  if (!(await confirmed(`Your text is not saved: ${autosave.trouble}. Leave without it?`))) return false;
  autosave.trouble = "";
  /** @type {HTMLTextAreaElement} */ (form.querySelector("#source")).disabled = true;
  return true;
}

class WordCount extends HTMLElement {
  connectedCallback() {
    const area = /** @type {HTMLTextAreaElement} */ (document.getElementById(this.getAttribute("for") ?? ""));
    const show = () => {
      const words = area.value.trim().split(/\s+/).filter(Boolean).length;
      this.textContent = `${words} word${words === 1 ? "" : "s"}`;
    };
    area.addEventListener("input", show);
    show();
  }
}
customElements.define("word-count", WordCount);

if (form) await start(form);

/** @param {HTMLFormElement} form */
async function start(form) {
  const design = form.dataset.kind === "design";
  const code = design || form.dataset.kind === "code";
  const area = /** @type {HTMLTextAreaElement} */ (form.querySelector("#source"));
  let editor = /** @type {import("./editor.js").CodeEditor | null} */ (null);
  let project = /** @type {import("./project.js").ProjectFiles | null} */ (null);
  const read = () => (project ? project.text : editor ? editor.value : area.value);
  const write = (/** @type {string} */ text) => {
    if (project) project.text = text;
    else if (editor) editor.value = text;
    else area.value = text;
  };
  const autosave = watch(form, area, read, write);
  area.addEventListener("input", () => autosave.touched());
  // What was typed before this script ran.
  if (read() !== autosave.saved) autosave.touched();
  if (form.dataset.kind !== "follow-up") wireSubmit(form, read, autosave, code);
  // Where the question stands above the field, focus would scroll it away.
  if (!code && !location.hash && matchMedia("(min-width: 60.01rem)").matches) area.focus();
  if (!code) return;
  const loaded = await loadEditor(form);
  if (loaded && document.getElementById("project")) project = await loadProject(form, area, loaded);
  else editor = loaded;
  loaded?.addEventListener("changed", () => autosave.touched());
  if (design) await wireDesign(form, area, loaded, read, write, autosave);
  else if (loaded) wireEditor(form, loaded, read, write, autosave, project);
}

/** @param {HTMLFormElement} form */
async function loadEditor(form) {
  try {
    await import("./editor.js");
  } catch {
    stream().say("The editor did not load: the plain text area works as well.");
    return null;
  }
  return /** @type {import("./editor.js").CodeEditor} */ (form.querySelector("code-editor"));
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLTextAreaElement} area
 * @param {import("./editor.js").CodeEditor} editor
 */
async function loadProject(form, area, editor) {
  await import("./project.js");
  const project = /** @type {import("./project.js").ProjectFiles} */ (form.querySelector("project-files"));
  const tab = /** @type {HTMLElement} */ (form.querySelector(".tab"));
  const reset = /** @type {HTMLButtonElement} */ (action("reset"));
  project.addEventListener("opened", (event) => {
    const { path, readOnly } = /** @type {CustomEvent} */ (event).detail;
    tab.textContent = readOnly ? `${path} (read only)` : path;
    reset.disabled = readOnly;
    reset.textContent = project.added ? "Remove this file" : "Reset this file";
  });
  project.attach(area, editor);
  await wireChanges(project);
  wireAdding(form, project);
  return project;
}

/** @param {import("./project.js").ProjectFiles} project */
async function wireChanges(project) {
  const { showChanges } = await import("./changes.js");
  const button = /** @type {HTMLButtonElement} */ (action("changes"));
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("changes"));
  button.hidden = false;
  button.addEventListener("click", () => showChanges(dialog, project.changes));
}

/**
 * @param {HTMLFormElement} form
 * @param {import("./project.js").ProjectFiles} project
 */
function wireAdding(form, project) {
  const button = action("add");
  if (!button) return;
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("adding"));
  const field = /** @type {HTMLInputElement} */ (dialog.querySelector("input"));
  const trouble = /** @type {HTMLElement} */ (dialog.querySelector("[role=alert]"));
  button.hidden = false;
  button.addEventListener("click", () => {
    field.value = trouble.textContent = "";
    dialog.showModal();
  });
  dialog.addEventListener("submit", (event) => {
    const by = /** @type {HTMLButtonElement | null} */ (/** @type {SubmitEvent} */ (event).submitter);
    if (by?.value !== "add") return;
    trouble.textContent = project.add(field.value.trim());
    if (trouble.textContent) event.preventDefault();
    else /** @type {AutoSave | null} */ (form.querySelector("auto-save"))?.touched();
  });
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLTextAreaElement} area
 * @param {() => string} read
 * @param {(text: string) => void} write
 */
function watch(form, area, read, write) {
  const autosave = /** @type {AutoSave} */ (form.querySelector("auto-save"));
  const notice = /** @type {HTMLElement} */ (form.querySelector(".newer"));
  const shown = /** @type {HTMLTextAreaElement} */ (notice.querySelector("textarea"));
  let newer = 0;
  let language = /** @type {string | null} */ (null);
  const unsaved = autosave.watch(read, area.defaultValue, (text, revision, its) => {
    newer = revision;
    language = its;
    shown.value = text;
    notice.hidden = false;
    notice.scrollIntoView({ block: "nearest" });
  });
  const settle = (/** @type {string | null} */ text) => {
    if (text !== null) {
      write(text);
      autosave.language = language;
      autosave.select?.dispatchEvent(new Event("taken"));
    }
    notice.hidden = true;
    return autosave.resume(newer);
  };
  action("take-newer")?.addEventListener("click", () => settle(shown.value));
  action("keep-mine")?.addEventListener("click", () => settle(null));
  const revision = /** @type {HTMLInputElement} */ (form.elements.namedItem("revision"));
  autosave.addEventListener("saved", () => {
    revision.value = String(autosave.revision);
  });
  if (unsaved !== null && read() === area.defaultValue) write(unsaved);
  return autosave;
}

/**
 * @param {HTMLFormElement} form
 * @param {import("./editor.js").CodeEditor} editor
 * @param {() => string} read
 * @param {(text: string) => void} write
 * @param {AutoSave} autosave
 * @param {import("./project.js").ProjectFiles | null} project
 */
function wireEditor(form, editor, read, write, autosave, project) {
  const run = /** @type {HTMLButtonElement} */ (action("run"));
  const reset = /** @type {HTMLButtonElement} */ (action("reset"));
  run.hidden = reset.hidden = false;
  run.disabled = submitting();
  wirePlain(editor);
  const chosen = project ? null : wireLanguages(editor, read, write, autosave);
  reset.addEventListener("click", async () => {
    const what = project ? "this file" : "your code";
    const question = project?.added ? "Remove this file? It is gone then." : `Replace ${what} by the starter? What is here now is gone.`;
    if (!(await confirmed(question))) return;
    if (project) project.reset();
    else if (chosen) write(chosen().starter);
    autosave.touched();
  });
  // A newer run ends the one before: nobody waits for a run whose fault they have seen.
  const go = async () => {
    if (run.disabled || submitting()) return;
    run.disabled = true;
    await runVisible(form, read(), autosave.language);
    run.disabled = false;
  };
  run.addEventListener("click", go);
  editor.addEventListener("run", go);
}

/** @param {import("./editor.js").CodeEditor} editor */
function wirePlain(editor) {
  const plain = /** @type {HTMLButtonElement} */ (action("plain"));
  plain.hidden = false;
  const pressed = () => plain.setAttribute("aria-pressed", String(editor.plain));
  pressed();
  plain.addEventListener("click", () => {
    editor.toggle();
    pressed();
  });
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLTextAreaElement} area
 * @param {import("./editor.js").CodeEditor | null} editor without one the plain text area is what is edited
 * @param {() => string} read
 * @param {(text: string) => void} write
 * @param {AutoSave} autosave
 */
async function wireDesign(form, area, editor, read, write, autosave) {
  if (submitting()) return;
  const { DesignRound } = await import("./design.js");
  const amend = (/** @type {string} */ text) => {
    if (editor) return editor.amend(text);
    write(text);
    autosave.touched();
  };
  const goTo = (/** @type {number} */ line) => (editor ? editor.goTo(line) : area.focus());
  const desk = { read, amend, goTo, touched: () => autosave.touched(), save: () => autosave.save(), confirmed, submitting };
  const round = new DesignRound(desk);
  area.addEventListener("input", () => round.touched());
  editor?.addEventListener("changed", () => round.touched());
  editor?.addEventListener("run", () => round.run());
  if (editor) wirePlain(editor);
  const reset = /** @type {HTMLButtonElement} */ (action("reset"));
  reset.hidden = false;
  reset.addEventListener("click", async () => {
    if (!(await confirmed("Replace your design by the starter? What is here now is gone."))) return;
    write(round.facts.starter);
    autosave.touched();
    round.touched();
  });
}

/**
 * Choosing a language gives its starter in place of the other one's; what was typed in a language comes back with it.
 * @param {import("./editor.js").CodeEditor} editor
 * @param {() => string} read
 * @param {(text: string) => void} write
 * @param {AutoSave} autosave
 * @returns {() => {name: string, title: string, starter: string, file: string}} the language that is chosen
 */
function wireLanguages(editor, read, write, autosave) {
  const all = JSON.parse(/** @type {HTMLElement} */ (document.getElementById("languages")).textContent ?? "[]");
  const named = (/** @type {string | null} */ name) => all.find((/** @type {{name: string}} */ one) => one.name === name) ?? all[0];
  const chosen = () => named(autosave.language);
  const show = () => {
    editor.language = chosen().name;
    /** @type {HTMLElement} */ (document.querySelector(".tab")).textContent = chosen().file;
  };
  const typed = /** @type {Map<string, string>} */ (new Map());
  let before = chosen();
  show();
  autosave.select?.addEventListener("change", () => {
    const now = chosen();
    typed.set(before.name, read());
    write(typed.get(now.name) ?? now.starter);
    before = now;
    show();
    autosave.touched();
  });
  // What another tab wrote has come with its language.
  autosave.select?.addEventListener("taken", () => {
    before = chosen();
    show();
  });
  return chosen;
}

function stream() {
  return /** @type {JudgeStream} */ (document.querySelector("judge-stream"));
}

function submitting() {
  return action("submit")?.disabled ?? false;
}

/**
 * @param {HTMLFormElement} form
 * @param {string} text
 * @param {string | null} language
 */
async function runVisible(form, text, language) {
  try {
    const answer = await send("POST", `/rounds/${form.dataset.round}/run`, { text, language });
    if (!submitting()) stream().listen(answer.stream);
  } catch (error) {
    stream().say(error instanceof Problem ? error.message : "The server is away. Your text is kept.");
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {() => string} read
 * @param {AutoSave} autosave
 * @param {boolean} code
 */
function wireSubmit(form, read, autosave, code) {
  form.addEventListener("submit", async (event) => {
    const by = /** @type {HTMLButtonElement | null} */ (event.submitter);
    if (by && by.dataset.action !== "submit") return;
    event.preventDefault();
    const button = /** @type {HTMLButtonElement} */ (action("submit"));
    if (button.disabled) return;
    button.disabled = true;
    await autosave.save();
    try {
      const fields = new FormData(form);
      fields.set("source", read());
      const answer = await send("POST", form.action, fields);
      if (code) {
        await stream().listen(answer.stream, answer.next);
      } else {
        button.textContent = "Reading your answer …";
        location.assign(answer.next);
      }
    } catch (error) {
      button.disabled = false;
      const text = error instanceof Problem ? error.message : "The server is away. Your text is kept; submit again.";
      if (code) stream().say(text);
      else autosave.textContent = text;
    }
  });
}
