// Small things that make a page quicker to use. Without this file every page still works.
(() => {
  "use strict";

  const UNDO_MILLISECONDS = 10_000;
  const root = document.documentElement;

  // Dialogs: the link that opens one leads to a page with the same content when there is no script.
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    const dialog = opener && document.getElementById(opener.dataset.dialog);
    if (dialog) {
      event.preventDefault();
      dialog.showModal();
    }
    event.target.closest("[data-close]")?.closest("dialog")?.close();
    if (event.target.closest("[data-keys-switch]")) switchKeys();
    closeMenus(event.target);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    for (const menu of openMenus()) {
      menu.open = false;
      if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    }
  });

  const openMenus = () => document.querySelectorAll("details.viewer[open], details.consent[open]");

  function closeMenus(except) {
    for (const menu of openMenus()) {
      if (!menu.contains(except)) menu.open = false;
    }
  }

  function switchKeys() {
    root.dataset.keys = root.dataset.keys === "off" ? "on" : "off";
    try {
      localStorage.setItem("keys", root.dataset.keys);
    } catch {
      // Storage may be forbidden by the office; the choice then holds for this page.
    }
  }

  // Undo: ten seconds, and no hurry for whoever is at it. The history undoes later too.
  function startUndo(bar) {
    let timer;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => bar.remove(), UNDO_MILLISECONDS);
    };
    const stay = () => clearTimeout(timer);
    bar.addEventListener("pointerenter", stay);
    bar.addEventListener("focusin", stay);
    bar.addEventListener("pointerleave", wait);
    bar.addEventListener("focusout", wait);
    wait();
  }

  // What was shown for a while only is taken out of the page, so that nothing finds it there.
  function hideInTime(shown) {
    setTimeout(() => shown.replaceChildren("閉じました"), shown.dataset.hideAfter * 1000);
  }

  function prepare(place) {
    place.querySelectorAll("[data-hide-after]").forEach(hideInTime);
    for (const bar of place.querySelectorAll("[data-undo]:not([data-started])")) {
      bar.dataset.started = "";
      startUndo(bar);
    }
    for (const button of place.querySelectorAll("[data-keys-switch]")) button.hidden = false;
  }

  // Focus: on the errors, else on the title after following a link; never lost after a swap.
  // In a list with data-go-on, what was decided moves on to the next row by itself.
  function focusOnArrival() {
    const errors = document.querySelector("[data-error-summary]");
    const came = document.referrer.startsWith(location.origin + "/") && !location.hash;
    const goal = errors ?? (came && document.querySelector("h1[tabindex]"));
    if (goal && document.activeElement === document.body) goal.focus({ preventScroll: !errors });
  }

  const rows = () => [...document.querySelectorAll("[data-row]")];
  let rowBefore = null;
  document.addEventListener("htmx:before:swap", (event) => {
    const row = (event.detail.ctx.sourceElement ?? document.activeElement)?.closest("[data-row]");
    rowBefore = row && { at: rows().indexOf(row), goesOn: row.hasAttribute("data-go-on") };
  });
  document.addEventListener("htmx:after:swap", (event) => {
    prepare(document);
    if (document.activeElement !== document.body && !rowBefore?.goesOn) return;
    const place = event.detail.ctx.target;
    const row = rowBefore && (rows()[rowBefore.at + (rowBefore.goesOn ? 1 : 0)] ?? rows()[rowBefore.at]);
    const goal =
      row || (place?.isConnected && place.querySelector("h1, h2, h3")) || document.querySelector("h1");
    if (!goal) return;
    if (!goal.hasAttribute("tabindex")) goal.tabIndex = -1;
    goal.focus();
  });

  // Said aloud to readers of the screen: the server sends HX-Trigger {"announce": {"words": …}}.
  function announce(words) {
    document.querySelector("[data-announce]").textContent = words;
  }
  document.addEventListener("announce", (event) => announce(event.detail.words));

  // Trouble with the server: nothing that was written is lost.
  function showTrouble() {
    const trouble = document.querySelector("[data-trouble]");
    trouble.hidden = false;
    trouble.scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("htmx:error", showTrouble);
  document.addEventListener("htmx:response:error", (event) => {
    if (event.detail.ctx.response.status !== 422) showTrouble();
  });
  document.addEventListener("htmx:before:request", () => {
    document.querySelector("[data-trouble]").hidden = true;
  });

  prepare(document);
  focusOnArrival();
})();
