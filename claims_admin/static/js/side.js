// Which groups of the navigation a person keeps folded. Runs right behind them, before the first paint;
// the group of the page itself is always unfolded.
(() => {
  "use strict";
  const folds = [...document.querySelectorAll("[data-fold]")];
  const kept = () => {
    try {
      return JSON.parse(localStorage.getItem("side")) || {};
    } catch {
      return {}; // not ours, or cut short: as if nothing was kept
    }
  };
  const state = kept();
  folds.forEach((fold) => {
    if (fold.dataset.fold in state && !("here" in fold.dataset)) fold.open = state[fold.dataset.fold];
    fold.querySelector("summary").addEventListener("click", () => {
      localStorage.setItem("side", JSON.stringify({ ...kept(), [fold.dataset.fold]: !fold.open }));
    });
  });
})();
