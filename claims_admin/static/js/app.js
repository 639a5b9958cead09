// Behaviour of the page shell. Everything hangs on data attributes; nothing here knows a page by name.
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const typing = (element) => element.closest("input, textarea, select, [contenteditable]") !== null;

  // ---- menus: the side navigation on a phone, and <details class="menu"> closing on a click outside
  const side = () => document.getElementById("side");
  const openSide = (open) => {
    side().classList.toggle("is-open", open);
    all("[data-side-toggle]").forEach((button) => button.setAttribute("aria-expanded", String(open)));
  };
  document.addEventListener("click", (event) => {
    all("details.menu[open]").forEach((menu) => menu.contains(event.target) || menu.removeAttribute("open"));
    if (event.target.closest("[data-side-toggle]")) openSide(!side().classList.contains("is-open"));
    else if (side()?.classList.contains("is-open") && !side().contains(event.target)) openSide(false);
    const closer = event.target.closest("[data-close-note]");
    if (closer) closer.closest(".note").remove();
    if (event.target.closest("[data-print]")) window.print();
  });

  // ---- the confirm dialog: a form or a submit button with data-confirm="question"
  const confirmed = new WeakSet();
  const ask = (question) => {
    const dialog = document.getElementById("confirm-dialog");
    dialog.querySelector(".confirm__text").textContent = question;
    dialog.returnValue = "no";
    dialog.showModal();
    return new Promise((answer) => {
      dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true });
    });
  };
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const question = event.submitter?.dataset.confirm || form.dataset.confirm;
    if (!question || confirmed.has(form)) return;
    event.preventDefault();
    event.stopPropagation();
    if (!(await ask(question))) return;
    confirmed.add(form);
    form.requestSubmit(event.submitter);
    confirmed.delete(form);
  }, true);
  document.addEventListener("htmx:confirm", async (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    if (await ask(event.detail.question)) event.detail.issueRequest(true);
  });

  // ---- one form, several buttons: [data-checks-own-card] asks only for the fields beside it (with formnovalidate)
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-checks-own-card]");
    const card = button?.closest(".card");
    const lacking = card && all("input, select, textarea", card).find((field) => !field.checkValidity());
    if (!lacking) return;
    event.preventDefault();
    lacking.reportValidity();
  });

  // ---- a form is sent once; the button comes back if the browser returns to the page
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post") return;
    const form = event.target;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
    window.setTimeout(() => delete form.dataset.sent, 4000);
  });
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => delete form.dataset.sent));

  // ---- selection: [data-select-all] in the head, [data-select] in rows, [data-selected-count], [data-needs-selection]
  const scopeOf = (element) => element.form || element.closest(".card") || element.closest("table") || document;
  const recount = (scope) => {
    const boxes = all("[data-select]", scope);
    const count = boxes.filter((box) => box.checked).length;
    all("[data-select-all]", scope).forEach((head) => {
      head.checked = count > 0 && count === boxes.length;
      head.indeterminate = count > 0 && count < boxes.length;
    });
    all("[data-selected-count]", scope).forEach((place) => { place.textContent = String(count); });
    all("[data-needs-selection]", scope).forEach((button) => { button.disabled = count === 0; });
  };
  document.addEventListener("change", (event) => {
    const scope = scopeOf(event.target);
    if (event.target.matches("[data-select-all]")) {
      all("[data-select]", scope).forEach((box) => { box.checked = event.target.checked; });
    }
    if (event.target.matches("[data-select-all], [data-select]")) recount(scope);
    if (event.target.closest("[data-submit-on-change]")) event.target.form.requestSubmit();
  });

  // ---- keyboard: / searches, j and k walk the list, Enter opens, x selects, a and r press what carries data-key
  const list = () => document.querySelector("[data-keyboard-list]");
  const rows = () => (list() ? all("tbody tr", list()).filter((row) => row.querySelector("a[href]")) : []);
  const currentRow = () => rows().find((row) => row.classList.contains("is-current"));
  const select = (row) => {
    rows().forEach((other) => {
      other.classList.toggle("is-current", other === row);
      other.removeAttribute("aria-current");
    });
    row.setAttribute("aria-current", "true");
    row.scrollIntoView({ block: "nearest" });
  };
  const walk = (step) => {
    const known = rows();
    if (!known.length) return;
    const at = known.indexOf(currentRow());
    select(known[Math.min(Math.max(at + step, 0), known.length - 1)]);
  };
  const press = (key) => {
    const row = currentRow();
    const target = row?.querySelector(`[data-key="${key}"]`) || document.querySelector(`[data-key="${key}"]:not(tbody *)`);
    if (target && !target.disabled) target.matches("input, textarea, select") ? target.focus() : target.click();
  };
  const KEYS = {
    "/": () => document.getElementById("search")?.focus(),
    j: () => walk(1),
    k: () => walk(-1),
    Enter: () => currentRow()?.querySelector("a[href]").click(),
    x: () => currentRow()?.querySelector("[data-select]")?.click(),
    a: () => press("a"),
    r: () => press("r"),
  };
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      all("details.menu[open]").forEach((menu) => menu.removeAttribute("open"));
      if (side()?.classList.contains("is-open")) openSide(false);
      if (event.target.id === "search") event.target.blur();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
    const action = KEYS[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });

  // ---- 元 / 万元: every .money cell that reads as a number, remembered in the browser
  const inYuan = (cell) => (cell.dataset.yuan ??= cell.textContent.trim());
  const shown = (text, large) => {
    const yuan = Number(text.replaceAll(",", ""));
    if (!large || text === "" || Number.isNaN(yuan)) return text;
    return (yuan / 10000).toLocaleString("zh-CN", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  };
  const showMoney = (root = document) => {
    const large = localStorage.getItem("money-unit") === "万元";
    const convertible = (cell) => cell.childElementCount === 0 && !cell.closest("[data-keep-yuan]");
    all(".money", root).filter(convertible).forEach((cell) => { cell.textContent = shown(inYuan(cell), large); });
    all("[data-money-unit]", root).forEach((place) => { place.textContent = large ? "万元" : "元"; });
    all("[data-money-toggle]", root).forEach((button) => button.setAttribute("aria-pressed", String(large)));
  };
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-money-toggle]")) return;
    localStorage.setItem("money-unit", localStorage.getItem("money-unit") === "万元" ? "元" : "万元");
    showMoney();
  });

  // ---- messages fade when they are good news, stay when they are not; htmx failures become a message
  const note = (text, level) => {
    const item = document.createElement("div");
    item.className = `note note--${level}`;
    item.append(Object.assign(document.createElement("span"), { textContent: text }));
    const close = Object.assign(document.createElement("button"), { type: "button", className: "note__close", textContent: "×" });
    close.dataset.closeNote = "";
    close.setAttribute("aria-label", "关闭");
    item.append(close);
    document.getElementById("notes").append(item);
  };
  const fade = () => all(".note--success, .note--info").forEach((item) => window.setTimeout(() => item.remove(), 8000));
  document.addEventListener("htmx:responseError", (event) => {
    const words = { 403: "您无权执行此操作", 404: "内容不存在或您看不到", 409: "记录已被他人更新，请刷新" };
    note(words[event.detail.xhr.status] || "操作没有成功，请稍后再试", "error");
  });
  document.addEventListener("htmx:sendError", () => note("网络不通，请检查连接后重试", "error"));
  document.addEventListener("htmx:beforeSwap", (event) => {
    if ([409, 422].includes(event.detail.xhr.status)) Object.assign(event.detail, { shouldSwap: true, isError: false });
  });

  // ---- what a fresh fragment needs
  const makeSearchable = (box) => {
    if (box.labels[0]) box.setAttribute("aria-label", box.labels[0].textContent.trim());
    return new window.TomSelect(box, { maxOptions: 500, render: { no_results: () => NO_RESULTS.cloneNode(true) } });
  };
  const NO_RESULTS = Object.assign(document.createElement("div"), { className: "no-results", textContent: "没有匹配的选项" });
  const awaken = (root) => {
    all("[data-select-all]", root).forEach((head) => recount(scopeOf(head)));
    if (window.TomSelect) all("select[data-search]:not(.tomselected)", root).forEach(makeSearchable);
    showMoney(root);
  };
  document.addEventListener("htmx:load", (event) => awaken(event.detail.elt));
  document.addEventListener("DOMContentLoaded", () => { awaken(document); fade(); });
})();
