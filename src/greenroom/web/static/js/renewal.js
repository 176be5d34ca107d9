// Renews the session before its access token ends, in one tab for all, and says so once when the session is over.
import { csrfToken } from "./http.js";

const AGAIN_MS = 15_000;

/** @returns {number} when to renew, in milliseconds since 1970 */
function due() {
  const meta = /** @type {HTMLMetaElement | null} */ (document.querySelector('meta[name="renew-at"]'));
  return Number(localStorage.getItem("greenroom-renew-at")) * 1000 || Number(meta?.content ?? 0) * 1000;
}

/** @param {number} seconds until the access token ends */
function renewed(seconds) {
  const at = Math.floor(Date.now() / 1000) + Math.max(5, seconds - 120);
  localStorage.setItem("greenroom-renew-at", String(at));
}

/**
 * Renew now, unless another tab has done it meanwhile.
 * @returns {Promise<boolean>} whether the session goes on
 */
async function renew() {
  const before = due();
  const work = async () => {
    if (due() !== before && due() > Date.now()) return true;
    const answer = await fetch("/api/v1/refresh", {
      method: "POST",
      headers: { accept: "application/json", "x-csrf-token": csrfToken() },
      keepalive: true,
    });
    if (answer.ok) renewed((await answer.json()).expires_in);
    return answer.status !== 401;
  };
  return navigator.locks ? navigator.locks.request("greenroom-renewal", work) : work();
}

/** Wait until it is due, also over a sleep of the machine: timers stand still then. */
async function watch() {
  const meta = /** @type {HTMLMetaElement | null} */ (document.querySelector('meta[name="renew-at"]'));
  if (!meta?.content) return;
  localStorage.setItem("greenroom-renew-at", meta.content);
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(AGAIN_MS, Math.max(1000, due() - Date.now()))));
    if (Date.now() < due()) continue;
    try {
      if (!(await renew())) return over();
    } catch {
      // The server cannot be reached: the next turn tries again.
    }
  }
}

/** The words in the page are kept: drafts are in the browser's own store, and nothing is taken away here. */
function over() {
  if (document.querySelector(".session-over")) return;
  const bar = document.createElement("p");
  bar.className = "session-over problem";
  bar.setAttribute("role", "alert");
  const link = document.createElement("a");
  link.href = `/login?to=${encodeURIComponent(location.pathname)}`;
  link.target = "_blank";
  link.textContent = "Log in in another tab";
  bar.append("Your session has ended. ", link, ", then go on here: what you typed is still in this page.");
  document.querySelector("main")?.prepend(bar);
}

watch();
