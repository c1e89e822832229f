// The call page: the keyboard begins at the first question, and an answer that a key gave moves on to
// the next one. What a hand chooses with mouse or arrows stays where it is.
(() => {
  "use strict";

  const blocks = () => [...document.querySelectorAll("[data-block]")];
  const FIELD = "input, textarea, select, button";

  document.addEventListener("DOMContentLoaded", () => {
    const isFree = document.activeElement.matches("body, h1") && !document.querySelector("main [role=alert]:not([hidden])");
    if (isFree) blocks()[0]?.querySelector(FIELD)?.focus({ preventScroll: true });
  });

  document.addEventListener("click", (event) => {
    if (event.isTrusted || !event.target.matches("[data-moves-on]")) return;
    const all = blocks();
    const next = all[all.indexOf(event.target.closest("[data-block]")) + 1]?.querySelector(FIELD);
    setTimeout(() => next?.focus());
  });
})();
