// Sums of what is typed, and the keys of the review: nothing is decided here, the server computes again.
(() => {
  "use strict";
  const form = document.querySelector("form[data-sums]");
  if (!form) return;
  const all = (selector, root = form) => [...root.querySelectorAll(selector)];
  const fen = (text) => Math.round(Number(text || 0) * 100) || 0;
  const shown = (value) => (value / 100).toLocaleString("zh-CN", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const recount = () => {
    all("[data-total]").forEach((place) => {
      const sum = all(`[data-sum="${place.dataset.total}"]`).reduce((total, field) => total + fen(field.value), 0);
      place.textContent = shown(sum);
    });
    let cut = 0;
    all("[data-cut-row]").forEach((row) => {
      const less = fen(row.dataset.assessed) - fen(row.querySelector("[data-sum]").value);
      cut += less;
      row.querySelector("[data-cut]").textContent = less ? shown(less) : "—";
      row.classList.toggle("is-cut", less !== 0);
    });
    all("[data-total-cut]").forEach((place) => { place.textContent = shown(cut); });
  };
  const sums = all("[data-cut-row] [data-sum]");
  const move = (event, by) => {
    const next = sums[sums.indexOf(event.target) + by];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.select();
  };
  form.addEventListener("input", recount);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.ctrlKey) form.requestSubmit();
    if (!sums.includes(event.target)) return;
    if (event.key === "ArrowDown") move(event, 1);
    if (event.key === "ArrowUp") move(event, -1);
    const computed = event.target.closest("[data-cut-row]").dataset.computed;
    if (event.key === "=" && computed !== undefined) {
      event.preventDefault();
      event.target.value = Math.min(fen(computed), fen(event.target.closest("[data-cut-row]").dataset.assessed)) / 100;
      recount();
    }
  });
  recount();
  if (sums.length && window.matchMedia("(min-width: 768px)").matches) sums[0].focus();
})();
