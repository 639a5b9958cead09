// Runs before the first paint, so a dark page never flashes white. "auto" follows the system.
(() => {
  "use strict";
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => [localStorage.getItem("theme")].find((theme) => theme === "dark" || theme === "light"); // the admin writes "auto" too
  const show = () => {
    const theme = chosen() || (dark.matches ? "dark" : "light");
    document.documentElement.setAttribute("data-bs-theme", theme);
    document.dispatchEvent(new CustomEvent("theme:changed", { detail: theme }));
  };
  show();
  dark.addEventListener("change", show);
  window.addEventListener("storage", show);
  // the admin's own switch writes the same key and this attribute
  new MutationObserver(show).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-toggle]")) return;
    const now = document.documentElement.getAttribute("data-bs-theme");
    localStorage.setItem("theme", now === "dark" ? "light" : "dark");
    show();
  });
})();
