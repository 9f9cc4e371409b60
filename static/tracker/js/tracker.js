/* Small conveniences over pages that work without them: keys, toasts, counters, menus, selection, paired tints.
   Listeners stand on the document, so that fragments put in later need no setting up. */
(function () {
  "use strict";

  var KEYS_FLAG = "tracker-single-keys";
  var all = function (selector, root) { return Array.from((root || document).querySelectorAll(selector)); };
  var shown = function (element) { return element.getClientRects().length > 0; };

  /* Private windows may refuse storage; the keys then simply stay on. */
  function singleKeysOff() {
    try { return localStorage.getItem(KEYS_FLAG) === "off"; } catch (error) { return false; }
  }
  function keepSingleKeys(on) {
    try { localStorage.setItem(KEYS_FLAG, on ? "on" : "off"); } catch (error) { /* not kept */ }
  }

  /* ---- Keys. Templates say what a key does: data-key="u" on the link or button it stands for. ---- */

  function typing(target) {
    if (target.isContentEditable || target.matches("textarea, select")) { return true; }
    return target.matches("input") && !target.matches("[type=checkbox], [type=radio], [type=button], [type=submit]");
  }

  /* A control in the row that has the focus goes before the same control elsewhere on the page. */
  function byKey(key) {
    var selector = '[data-key="' + CSS.escape(key) + '"]';
    var row = document.activeElement.closest("[data-row]");
    var found = (row ? all(selector, row) : []).concat(all(selector));
    return found.find(function (element) { return shown(element) && !element.disabled; });
  }

  function use(element) {
    if (element.matches("input, textarea, select") && !element.matches("[type=checkbox], [type=radio]")) {
      element.focus();
      element.select && element.select();
    } else if (element.getAttribute("aria-disabled") === "true") {
      element.focus(); /* its sentence is read out instead of a silent nothing */
    } else {
      element.click();
    }
  }

  function stepRow(by) {
    var links = all("[data-row-link]").filter(shown);
    if (!links.length) { return false; }
    var row = document.activeElement.closest("[data-row]");
    var at = row ? links.findIndex(function (link) { return row.contains(link); }) : -1;
    var next = links[Math.min(Math.max(at + by, 0), links.length - 1)];
    next.focus();
    next.closest("[data-row]").scrollIntoView({ block: "nearest" });
    return true;
  }

  function tickRow() {
    var row = document.activeElement.closest("[data-row]");
    var box = row && row.querySelector("input[type=checkbox]");
    if (box) { box.click(); }
    return Boolean(box);
  }

  function submit() {
    var button = byKey("submit");
    var form = document.activeElement.form;
    if (button) { use(button); } else if (form) { form.requestSubmit(); }
  }

  function escape(target) {
    var open = all("details.menu[open]");
    if (open.length) {
      open.forEach(function (menu) { menu.open = false; });
      open[0].querySelector("summary").focus();
    } else if (typing(target)) {
      target.blur();
    } else {
      var back = byKey("escape");
      if (back) { use(back); }
    }
  }

  function help() {
    var dialog = document.getElementById("keys-help");
    if (dialog && !dialog.open) { dialog.showModal(); }
    return Boolean(dialog);
  }

  function single(key) {
    if (key === "?") { return help(); }
    if ((key === "j" || key === "k") && stepRow(key === "j" ? 1 : -1)) { return true; }
    if (key === "x" && tickRow()) { return true; }
    var element = byKey(key);
    if (element) { use(element); }
    return Boolean(element);
  }

  document.addEventListener("keydown", function (event) {
    if (event.defaultPrevented || event.isComposing || document.querySelector("dialog[open]")) { return; }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      submit();
    } else if (event.key === "Escape") {
      escape(event.target);
    } else if (!event.ctrlKey && !event.metaKey && !event.altKey && !typing(event.target) && !singleKeysOff()) {
      if (single(event.key.toLowerCase())) { event.preventDefault(); }
    }
  });

  /* ---- Clicks ---- */

  document.addEventListener("click", function (event) {
    var target = event.target;
    var close = target.closest("[data-close]");
    if (close) { close.closest(".toast-line, dialog").matches("dialog") ? close.closest("dialog").close() : close.closest(".toast-line").remove(); }
    if (target.closest("[data-help]")) { help(); }
    var step = target.closest("[data-step]");
    if (step) { stepNumber(step); }
    all("details.menu[open]").forEach(function (menu) {
      if (!menu.contains(target)) { menu.open = false; }
    });
  });

  /* − and ＋ beside a number on the phone: data-step="-1" data-for="id". */
  function stepNumber(button) {
    var input = document.getElementById(button.dataset.for);
    if (input.type === "number") {
      input[button.dataset.step < 0 ? "stepDown" : "stepUp"]();
    } else { /* a text field keeps a wrong value when the page comes back; points are meant */
      var points = (parseInt(input.value, 10) || 0) + Number(button.dataset.step);
      input.value = Math.min(Math.max(points, 0), 100);
    }
    input.dispatchEvent(new Event("input", { bubbles: true }));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  /* ---- Ticking many rows: data-check-all over the form, data-check-group over its tbody ---- */

  document.addEventListener("change", function (event) {
    var box = event.target;
    if (box.matches("[data-single-keys]")) { keepSingleKeys(box.checked); }
    var scope = box.matches("[data-check-all]") ? box.closest("form, table") : box.matches("[data-check-group]") ? box.closest("tbody") : null;
    if (scope) {
      all("[data-row] input[type=checkbox], [data-check-group]", scope).forEach(function (other) { other.checked = box.checked; });
    }
    if (scope || (box.type === "checkbox" && box.closest("[data-row]"))) { countSelected(); }
  });

  function countSelected() {
    var number = all("[data-row] input[type=checkbox]:checked").length;
    all("[data-selected-count]").forEach(function (place) { place.textContent = number; });
  }

  /* ---- Counters: the words stand once on <body>, "{n} characters" ---- */

  function count(area) {
    var place = area.parentElement.querySelector(".counter");
    if (!place) {
      place = document.createElement("p");
      place.className = "counter";
      area.insertAdjacentElement("afterend", place);
    }
    place.textContent = (document.body.dataset.countWords || "{n}").replace("{n}", Array.from(area.value).length);
  }

  document.addEventListener("input", function (event) {
    if (event.target.matches("textarea[data-count]")) { count(event.target); }
  });

  /* ---- Clause and note: what has the same data-task is tinted together; a link to a note opens it ---- */

  var lit = null;
  function light(task) {
    if (task === lit) { return; }
    lit = task;
    all("[data-task].is-on").forEach(function (element) { element.classList.remove("is-on"); });
    if (task) {
      all('[data-task="' + CSS.escape(task) + '"]').forEach(function (element) { element.classList.add("is-on"); });
    }
  }
  function lightFrom(event) {
    var element = event.target.closest && event.target.closest("[data-task]");
    light(element ? element.dataset.task : null);
  }
  document.addEventListener("mouseover", lightFrom);
  document.addEventListener("focusin", lightFrom);

  function openTarget() {
    var target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    var fold = target && (target.matches("details") ? target : target.querySelector(":scope > details"));
    if (fold) { fold.open = true; }
  }
  window.addEventListener("hashchange", openTarget);

  /* ---- What needs script shows itself; counters start ---- */

  function prepare(root) {
    all("textarea[data-count]", root).forEach(count);
    all("[data-close], [data-help], [data-step], [data-scripted]", root).forEach(function (element) { element.hidden = false; });
    var errors = (root || document).querySelector("#errors");
    if (errors) { errors.focus(); }
  }

  document.addEventListener("htmx:afterSettle", function (event) { prepare(event.target); });
  document.addEventListener("DOMContentLoaded", function () {
    all("[data-single-keys]").forEach(function (box) { box.checked = !singleKeysOff(); });
    all("details[data-fold-below]").forEach(function (fold) {
      fold.open = matchMedia("(min-width: " + fold.dataset.foldBelow + "px)").matches;
    });
    prepare();
    openTarget();
  });
})();
