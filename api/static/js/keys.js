// The keyboard of every page. What a key does stands in the HTML (data-key, data-row, data-block),
// so that it presses only what can also be clicked:
//   data-key="a"   pressed by that letter: a link, a button, an option, or a field to go to;
//                  data-key="escape" gives up what was begun
//   data-row       one of a list: J and K move, Enter opens its [data-open], its own keys come first
//   data-block     while it has focus its keys win over the page's, row or no row
(() => {
  "use strict";

  const TEXT = "textarea, select, [contenteditable], input:not([type=radio], [type=checkbox], [type=button], [type=submit])";
  const PRESSABLE = "a[href], button, summary, input, select, textarea";
  let lastRow = null;

  const switchedOff = () => document.documentElement.dataset.keys === "off";
  const inText = (element) => Boolean(element?.closest(TEXT));
  const seen = (element) => element.checkVisibility({ visibilityProperty: true });
  const stage = () => document.querySelector("dialog[open]") ?? document.body;
  const rows = () => [...stage().querySelectorAll("[data-row]")].filter(seen);
  const currentRow = () => {
    const row = document.activeElement?.closest("[data-row]") ?? lastRow;
    return row?.isConnected && stage().contains(row) ? row : null;
  };

  function move(step) {
    const all = rows();
    if (all.length === 0) return false;
    const at = all.indexOf(currentRow());
    const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step;
    const row = all[Math.max(0, Math.min(all.length - 1, next))];
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    return true;
  }

  function open() {
    const row = document.activeElement;
    if (!row?.matches("[data-row]")) return false; // Enter on a link or button is the browser's
    const target = row.querySelector("[data-open]") ?? row.querySelector(PRESSABLE);
    target?.click();
    return Boolean(target);
  }

  function holder(key) {
    const named = (place) =>
      [...(place?.querySelectorAll("[data-key]") ?? [])].filter((one) => one.dataset.key === key && seen(one));
    const block = document.activeElement?.closest("[data-block]");
    const outside = named(stage()).filter((one) => !one.closest("[data-row], [data-block]"));
    const own = outside.find((one) => one.closest("main")); // the page's own search before the frame's
    return named(block)[0] ?? named(currentRow())[0] ?? own ?? outside[0];
  }

  function press(element) {
    if (inText(element)) {
      element.focus();
      element.select?.();
      return;
    }
    // A link to a place in the page goes there, and back when one is there already.
    const goal = element.matches("a[href^='#']") && document.querySelector(element.getAttribute("href"));
    if (goal && goal.contains(document.activeElement)) {
      (element.closest("figure")?.querySelector("[data-map]") ?? element).focus();
      return;
    }
    element.focus();
    element.click();
  }

  function save(from) {
    const form = from?.closest("form") ?? stage().querySelector("form[data-save]");
    const button = form?.querySelector("[type=submit]:not([disabled])");
    if (!form) return false;
    form.requestSubmit(button ?? undefined);
    return true;
  }

  function leaveText(element) {
    if (!inText(element)) return false;
    element.blur();
    lastRow?.isConnected && lastRow.focus({ preventScroll: true });
    return true;
  }

  function cancel() {
    const element = holder("escape");
    element?.click();
    return Boolean(element);
  }

  function act(event) {
    const { key, target } = event;
    if (key === "Enter" && (event.ctrlKey || event.metaKey)) return save(target);
    if (event.ctrlKey || event.metaKey || event.altKey) return false;
    if (key === "Escape") return leaveText(target) || cancel();
    if (inText(target) || switchedOff()) return false;
    if (key === "Enter") return open();
    return actOn(key.toLowerCase(), event.repeat);
  }

  // A key that is held down moves on, but presses nothing again and again. One that comes while an
  // answer is on its way waits: it is meant for the row that has the focus then.
  const early = [];
  function actOn(letter, held = false) {
    if (document.querySelector(".htmx-request")) {
      if (!held) early.push(letter);
      return true;
    }
    const element = holder(letter);
    if (element) {
      if (!held) press(element);
      return true;
    }
    if (letter === "j") return move(1);
    if (letter === "k") return move(-1);
    return false;
  }

  function actOnEarly() {
    while (early.length > 0 && !document.querySelector(".htmx-request")) actOn(early.shift());
  }
  document.addEventListener("htmx:finally:request", () => setTimeout(actOnEarly));
  for (const trouble of ["htmx:error", "htmx:response:error"]) {
    document.addEventListener(trouble, () => early.splice(0));
  }

  document.addEventListener("focusin", (event) => {
    lastRow = event.target.closest("[data-row]") ?? lastRow;
  });
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    if (act(event)) event.preventDefault();
  });
})();
