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

  // Focus on arrival: the errors, else the row that was left, else the title after following a link.
  function focusOnArrival() {
    const errors = document.querySelector("[data-error-summary]");
    const left = location.hash && document.getElementById(location.hash.slice(1));
    const came = document.referrer.startsWith(location.origin + "/") && !location.hash;
    const row = left?.matches?.("[data-row]") ? left : null;
    const goal = errors ?? row ?? (came && document.querySelector("h1[tabindex]"));
    if (goal && document.activeElement === document.body) goal.focus({ preventScroll: !errors && !row });
  }

  // Whoever comes back to a list comes back to the row from which they left.
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]:not([href^='#'])");
    const row = link?.closest("[data-row][id]");
    if (row) history.replaceState(history.state, "", `#${row.id}`);
  });

  // Focus after a swap is never lost. A row with data-go-on waits for a decision: once it is taken,
  // the next row that waits has the focus; until then the row keeps it, or its [data-focus].
  const waiting = (row) => row.hasAttribute("data-go-on");
  const rows = () => [...document.querySelectorAll("[data-row]")];
  let before = null;
  let following = "";
  document.addEventListener("htmx:before:swap", (event) => {
    const row = (event.detail.ctx.sourceElement ?? document.activeElement)?.closest("[data-row]");
    before = row && { at: rows().indexOf(row), waits: waiting(row) };
  });
  document.addEventListener("htmx:after:swap", (event) => {
    prepare(document);
    const goal = before ? rowAfter() : placeAfter(event.detail.ctx.target);
    if (!goal || (document.activeElement !== document.body && !before?.waits)) return;
    if (!goal.hasAttribute("tabindex")) goal.tabIndex = -1;
    goal.focus();
    goal.closest("[data-row]")?.scrollIntoView({ block: "nearest" });
  });

  function rowAfter() {
    const all = rows();
    const same = all[before.at];
    if (!same) return all.at(-1);
    const next = before.waits && !waiting(same) && all.slice(before.at + 1).find(waiting);
    following = next ? (next.dataset.name ?? "") : "";
    return next || (same.querySelector("[data-focus]") ?? same);
  }

  function placeAfter(target) {
    const place = (target?.id && document.getElementById(target.id)) || target;
    if (place?.matches?.("[data-row]")) return place;
    return (place?.isConnected && place.querySelector("h1, h2, h3")) || document.querySelector("h1");
  }

  // Said aloud to readers of the screen: the server sends HX-Trigger {"announce": {"words": …}};
  // who comes next in the list (data-name) is known here only.
  function announce(words) {
    const next = following ? `次は ${following} さん` : "";
    document.querySelector("[data-announce]").textContent = words + next;
    following = "";
  }
  document.addEventListener("announce", (event) => announce(event.detail.words));

  // Trouble with the server: nothing that was written is lost.
  const TROUBLES = "[data-trouble], [data-ended], [data-other-viewer]";
  function showTrouble(kind = "[data-trouble]") {
    hideTroubles();
    const trouble = document.querySelector(kind);
    trouble.hidden = false;
    trouble.scrollIntoView({ block: "nearest" });
  }
  const hideTroubles = () => document.querySelectorAll(TROUBLES).forEach((one) => (one.hidden = true));
  document.addEventListener("htmx:error", () => showTrouble());
  document.addEventListener("htmx:response:error", (event) => {
    if (event.detail.ctx.response.status !== 422) showTrouble();
  });
  document.addEventListener("htmx:before:request", () => {
    hideTroubles();
  });

  // A session may end while somebody writes. Before a text leaves its page, the page asks who is
  // signed in; until it is its own viewer again, the form stays as it is. Whoever has signed in
  // anew in another window has another token, which the forms of this one take over.
  const viewer = document.querySelector("[data-viewer]")?.dataset.viewer;
  const asking = new WeakSet();
  const mayGo = new WeakSet();
  let written = false;
  document.addEventListener(
    "submit",
    async (event) => {
      const { target: form, submitter } = event;
      if (!viewer || !savesText(form) || event.defaultPrevented) return;
      if (mayGo.delete(form)) {
        written = false;
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      if (asking.has(form)) return;
      asking.add(form);
      form.classList.add("htmx-request"); // keys that come meanwhile wait, as for any request
      const trouble = await whatHolds();
      form.classList.remove("htmx-request");
      asking.delete(form);
      if (trouble) {
        form.dispatchEvent(new Event("htmx:error", { bubbles: true })); // and are dropped
        return showTrouble(trouble);
      }
      hideTroubles();
      mayGo.add(form);
      form.requestSubmit(submitter);
    },
    true,
  );

  async function whatHolds() {
    try {
      const answer = await fetch("/api/v1/session");
      if (answer.status === 401) return "[data-ended]";
      if (!answer.ok) return "[data-trouble]";
      const session = await answer.json();
      if (session.user !== viewer) return "[data-other-viewer]";
      for (const field of document.querySelectorAll("[name=form_token]")) field.value = session.form_token;
      return "";
    } catch {
      return "[data-trouble]";
    }
  }

  // Nothing that is written is kept on this machine; whoever leaves it behind is asked first.
  const savesText = (form) =>
    Boolean(form?.matches("main form[method=post]")) &&
    (form.matches("[data-save]") || Boolean(form.querySelector("textarea, input[type=text]")));
  document.addEventListener("input", (event) => {
    if (viewer && savesText(event.target.closest("form"))) written = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (written) event.preventDefault();
  });

  // What asks again and again (hx-trigger="every …") stops once it is led elsewhere: each further
  // answer would begin the way there anew. A copy looks the same and asks nothing.
  document.addEventListener("htmx:after:request", (event) => {
    const { hx, sourceElement } = event.detail.ctx;
    if (hx.redirect && sourceElement.matches("[hx-trigger^='every']")) {
      sourceElement.replaceWith(sourceElement.cloneNode(true));
    }
  });

  prepare(document);
  focusOnArrival();
})();
