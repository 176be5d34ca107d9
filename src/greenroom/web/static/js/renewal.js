// Renews the session before its access token ends, in one tab for all. When it is over all the same, says so once, and
// goes on with the page as it stands after a new login in another tab.
import { csrfToken } from "./http.js";

const AGAIN_MS = 15_000;
const KEY = "greenroom-renew-at";

const meta = /** @type {HTMLMetaElement} */ (document.querySelector('meta[name="renew-at"]'));

/** @returns {number} when to renew, in milliseconds since 1970 */
const due = () => Number(localStorage.getItem(KEY)) * 1000;

/** @param {number} seconds until the access token ends */
function renewed(seconds) {
  localStorage.setItem(KEY, String(Date.now() / 1000 + Math.max(1, seconds - Math.min(120, seconds / 4))));
}

/**
 * Renew now, unless another tab has done it meanwhile.
 * @returns {Promise<boolean>} whether the session goes on
 */
async function renew() {
  const work = async () => {
    if (due() > Date.now()) return true;
    const answer = await fetch("/api/v1/refresh", {
      method: "POST",
      headers: { accept: "application/json", "x-csrf-token": csrfToken() },
      keepalive: true,
    });
    if (answer.ok) renewed((await answer.json()).expires_in);
    if (answer.status === 409) renewed(AGAIN_MS / 1000);
    return answer.status !== 401;
  };
  return navigator.locks ? navigator.locks.request("greenroom-renewal", work) : work();
}

/** Wait until it is due, in short turns: timers stand still while a machine sleeps. */
async function watch() {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(AGAIN_MS, Math.max(500, due() - Date.now()))));
    if (Date.now() < due()) continue;
    try {
      if (!(await renew())) return over();
    } catch {
      // The server cannot be reached: the next turn tries again.
    }
  }
}

/** Nothing is taken away: what was typed stands where it stood. */
function over() {
  const bar = document.createElement("p");
  bar.className = "problem";
  bar.setAttribute("role", "alert");
  const link = document.createElement("a");
  link.href = "/login";
  link.target = "_blank";
  link.textContent = "Sign in in another tab";
  bar.append("Your session has ended. ", link, ", then come back: what you typed is still in this page.");
  document.querySelector("main")?.prepend(bar);
  const back = async () => {
    if (document.visibilityState !== "visible" || !(await resume())) return;
    document.removeEventListener("visibilitychange", back);
    removeEventListener("focus", back);
    bar.remove();
    watch();
  };
  document.addEventListener("visibilitychange", back);
  addEventListener("focus", back);
}

/**
 * Take the form token of the session that is there now.
 * @returns {Promise<boolean>} whether there is one
 */
async function resume() {
  const answer = await fetch("/account/form-token", { headers: { accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return false;
  const body = await answer.json();
  const token = /** @type {HTMLMetaElement} */ (document.querySelector('meta[name="csrf-token"]'));
  token.content = body.csrf_token;
  for (const field of document.querySelectorAll('input[name="csrf_token"]')) {
    /** @type {HTMLInputElement} */ (field).value = body.csrf_token;
  }
  localStorage.setItem(KEY, body.renew_at);
  return true;
}

if (meta?.content) {
  localStorage.setItem(KEY, meta.content);
  watch();
}
