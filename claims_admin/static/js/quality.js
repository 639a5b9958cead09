// The score sheet by keyboard: j k walk the questions, 1…4 answer, n goes to the note. All works without it.
(() => {
  "use strict";
  const sheet = document.querySelector("[data-score-sheet]");
  if (!sheet) return;
  const rows = [...sheet.querySelectorAll("[data-question]")];
  const current = () => rows.findIndex((row) => row.classList.contains("is-current"));
  const go = (place) => {
    const next = rows[Math.min(Math.max(place, 0), rows.length - 1)];
    rows.forEach((row) => row.classList.toggle("is-current", row === next));
    next.scrollIntoView({ block: "nearest" });
  };
  const answer = (key) => {
    const row = rows[Math.max(current(), 0)];
    const option = row.querySelector(`[data-answer="${key}"]`);
    if (!option) return;
    option.click();
    const asks = option.value === "bad" || option.value === "partial";
    if (asks) row.querySelector(option.value === "bad" ? "[data-note]" : "[data-points]").focus();
    else go(rows.indexOf(row) + 1);
  };
  sheet.addEventListener("change", (event) => {
    const row = event.target.closest("[data-question]");
    if (row && event.target.dataset.answer) row.dataset.verdict = event.target.value;
  });
  sheet.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-question]");
    if (row) go(rows.indexOf(row));
  });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("textarea, select, input:not([type=radio])");
    if (event.key === "Escape" && typing) event.target.blur();
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const keys = { j: () => go(current() + 1), k: () => go(current() - 1), n: () => rows[Math.max(current(), 0)].querySelector("[data-note]").focus() };
    const action = keys[event.key] || (/^[1-4]$/.test(event.key) ? () => answer(event.key) : null);
    if (!action) return;
    event.preventDefault();
    action();
  });
  if (rows.length) go(0);
})();
