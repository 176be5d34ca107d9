// Requests to our own server: the form token goes along, problems come back as one sentence.

/** @returns {string} */
export function csrfToken() {
  return /** @type {HTMLMetaElement} */ (document.querySelector('meta[name="csrf-token"]')).content;
}

/** A problem that the server explained. */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {any} body
   */
  constructor(status, body) {
    super([body?.detail, body?.mend].filter(Boolean).join(" — ") || `The server answered ${status}.`);
    this.status = status;
    this.body = body;
  }
}

/**
 * @param {string} method
 * @param {string} url
 * @param {unknown} [body] sent as JSON, or as a form when it is FormData
 * @param {{keepalive?: boolean}} [options]
 * @returns {Promise<any>}
 */
export async function send(method, url, body, options = {}) {
  const form = body instanceof FormData ? new URLSearchParams(/** @type {any} */ (body)) : null;
  /** @type {Record<string, string>} */
  const headers = { accept: "application/json", "x-csrf-token": csrfToken() };
  if (body !== undefined && !form) headers["content-type"] = "application/json";
  const answer = await fetch(url, {
    method,
    headers,
    body: form ?? (body === undefined ? undefined : JSON.stringify(body)),
    keepalive: options.keepalive,
  });
  const parsed = await answer.json().catch(() => null);
  if (!answer.ok) throw new Problem(answer.status, parsed);
  return parsed;
}
