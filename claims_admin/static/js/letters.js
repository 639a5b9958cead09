// The page on which all lines of a draft letter are edited: keys, live changes, a filter, a percentage.
(() => {
  "use strict";
  const form = document.querySelector("form[data-lines]");
  if (!form) return;
  const rows = [...form.querySelectorAll("[data-line]")];
  const sum = (row) => row.querySelector("[data-sum]");
  const seen = () => rows.filter((row) => !row.hidden);
  const yuan = (amount) => amount.toLocaleString("zh-CN", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

  // what the page says about one line: against the letter in force, and whether this page changed it
  const tell = (row) => {
    const dropped = row.querySelector("[data-drop]").checked;
    const was = row.querySelector("[data-was]").dataset.was;
    const now = Number(sum(row).value);
    const gap = was === "" ? 0 : now - Number(was);
    const words = was === "" ? "新增" : gap === 0 ? "" : `${gap > 0 ? "提高 " : "降低 "}${yuan(Math.abs(gap))}`;
    row.querySelector("[data-change]").textContent = dropped ? "取消" : words;
    row.classList.toggle("is-dropped", dropped);
    row.classList.toggle("is-changed", dropped || now !== Number(sum(row).dataset.sum));
  };
  const count = () => {
    form.querySelector("[data-lines-changed]").textContent = String(rows.filter((row) => row.classList.contains("is-changed")).length);
  };
  const refresh = (row) => { tell(row); count(); };
  rows.forEach(tell);
  form.addEventListener("input", (event) => {
    const row = event.target.closest("[data-line]");
    if (row) refresh(row);
  });

  // up, down and Enter walk the column of sums; Ctrl+Enter saves
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return form.requestSubmit();
    if (!event.target.matches("[data-sum]") || event.altKey) return;
    const step = { ArrowDown: 1, Enter: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const column = seen().map(sum);
    const next = column[column.indexOf(event.target) + step];
    if (next) { next.focus(); next.select(); }
  });

  const find = form.querySelector("[data-lines-find]");
  find.addEventListener("input", () => {
    rows.forEach((row) => { row.hidden = !row.textContent.includes(find.value.trim()); });
  });
  find.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  form.querySelector("[data-lines-apply]").addEventListener("click", () => {
    const percent = Number(form.querySelector("[data-lines-percent]").value);
    if (!(percent > 0)) return;
    seen().forEach((row) => {
      sum(row).value = (Math.round(Number(sum(row).value) * percent) / 100).toFixed(2);
      tell(row);
    });
    count();
  });
})();
