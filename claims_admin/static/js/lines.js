// Lines of an assessment: amounts while typing (in fen, exact), the same column by Enter and arrows, save by
// Ctrl+Enter, one more row. Without this script the form works as well.
(() => {
  "use strict";
  const form = document.querySelector("[data-lines]");
  if (!form) return;

  const cents = (text) => {
    const match = /^\s*(-?)(\d+)(?:\.(\d{0,2}))?\s*$/.exec(text || "0");
    return match ? BigInt(`${match[1]}${match[2]}${(match[3] || "").padEnd(2, "0")}`) : null;
  };
  const shown = (fen) => {
    const digits = (fen < 0n ? -fen : fen).toString().padStart(3, "0");
    const yuan = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",");
    return `${fen < 0n ? "-" : ""}${yuan}.${digits.slice(-2)}`;
  };
  const cell = (row, name) => row.querySelector(`[data-cell="${name}"]`);
  const worth = (row) => {
    const [quantity, price, residual] = ["quantity", "price", "residual"].map((name) => cents(cell(row, name)?.value));
    if (quantity === null || price === null || residual === null) return null;
    return (quantity * price + 50n) / 100n - residual;
  };

  const update = () => {
    let claimed = 0n, granted = 0n;
    form.querySelectorAll("[data-line]").forEach((row) => {
      const place = row.querySelector("[data-granted]");
      const fen = place ? worth(row) : cents(row.dataset.claimed);
      const asked = row.dataset.claimed ? cents(row.dataset.claimed) : null;
      if (place) {
        place.textContent = fen === null ? "—" : shown(fen);
        place.classList.toggle("money--over", asked !== null && fen !== null && fen > asked);
        row.classList.toggle("is-cut", asked !== null && fen !== null && fen < asked);
      }
      claimed += asked ?? 0n;
      granted += fen ?? 0n;
    });
    const write = (name, text) => form.querySelectorAll(`[data-${name}]`).forEach((place) => { place.textContent = text; });
    write("granted-all", shown(granted));
    write("cut-all", shown(claimed - granted));
    if (claimed > 0n) write("share-all", `(${(Number((claimed - granted) * 1000n / claimed) / 10).toFixed(1)}%)`);
  };

  const move = (field, step) => {
    const same = [...form.querySelectorAll(`[data-cell="${field.dataset.cell}"]:not(:disabled)`)];
    const next = same[same.indexOf(field) + step];
    if (!next) return;
    next.focus();
    next.select?.();
  };

  form.addEventListener("input", update);
  form.addEventListener("keydown", (event) => {
    const field = event.target.closest("[data-cell]");
    if (event.key === "Enter" && event.ctrlKey) {
      event.preventDefault();
      form.requestSubmit();
    } else if (field && field.tagName === "INPUT" && ["Enter", "ArrowDown", "ArrowUp"].includes(event.key)) {
      event.preventDefault();
      move(field, event.key === "ArrowUp" ? -1 : 1);
    }
  });

  form.querySelector("[data-add-line]")?.addEventListener("click", () => {
    const rows = form.querySelectorAll("[data-line]");
    const total = form.querySelector("[name$=TOTAL_FORMS]");
    const copy = rows[rows.length - 1].cloneNode(true);
    copy.querySelectorAll("[name]").forEach((field) => {
      field.name = field.name.replace(/-\d+-/, `-${total.value}-`);
      field.id = field.id.replace(/-\d+-/, `-${total.value}-`);
      if (field.tagName === "INPUT") field.value = field.dataset.cell === "quantity" ? "1" : "";
    });
    copy.querySelectorAll(".invalid-feedback").forEach((error) => error.remove());
    rows[rows.length - 1].after(copy);
    total.value = Number(total.value) + 1;
    cell(copy, "name").focus();
    update();
  });

  if (form.querySelector("[data-granted]")) update();
})();
