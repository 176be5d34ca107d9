// Runs before the page is painted, so that a chosen colour scheme never flashes.
(() => {
  const root = document.documentElement;
  const stored = () => localStorage.getItem("greenroom-theme") ?? "system";
  const apply = (/** @type {string} */ theme) => {
    root.style.colorScheme = theme === "system" ? "light dark" : theme;
  };
  apply(stored());
  document.addEventListener("DOMContentLoaded", () => {
    const select = /** @type {HTMLSelectElement | null} */ (document.getElementById("theme"));
    if (!select) return;
    select.hidden = false;
    select.value = stored();
    select.addEventListener("change", () => {
      localStorage.setItem("greenroom-theme", select.value);
      apply(select.value);
    });
  });
})();
