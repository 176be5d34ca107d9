// The secret of a link stands after its #, which no server and no log sees: it is moved into the form here.
const field = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-fragment]"));
const secret = decodeURIComponent(location.hash.slice(1));
if (field && secret && !field.value) {
  field.value = secret;
  const row = /** @type {HTMLElement | null} */ (field.closest(".field"));
  if (row) row.hidden = true;
  history.replaceState(null, "", location.pathname);
}
