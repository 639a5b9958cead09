// The decision form: a phrase goes where the cursor would; nothing else depends on a script.
(() => {
  "use strict";
  document.addEventListener("click", (event) => {
    const phrase = event.target.closest("[data-phrase]");
    if (!phrase) return;
    const place = document.getElementById(phrase.dataset.phraseFor);
    place.value = place.value ? `${place.value.trimEnd()}\n${phrase.dataset.phrase}` : phrase.dataset.phrase;
    place.focus();
  });
})();
