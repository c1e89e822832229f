// Runs before the page is drawn: remembers whether single-letter keys are switched off.
"use strict";
try {
  document.documentElement.dataset.keys = localStorage.getItem("keys") ?? "on";
} catch {
  document.documentElement.dataset.keys = "on"; // storage may be forbidden by the office
}
