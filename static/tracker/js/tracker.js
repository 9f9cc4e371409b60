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
    var form = target.closest("details[data-form][open]");
    if (open.length) {
      open.forEach(function (menu) { menu.open = false; });
      open[0].querySelector("summary").focus();
    } else if (form) { /* what was typed waits in the closed form */
      form.open = false;
      form.querySelector("summary").focus();
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
    var fold = target.closest("details[data-form]:not([open]) > summary");
    if (fold) { setTimeout(function () { focusField(fold.parentElement); }); } /* once it is open */
    all("details.menu[open]").forEach(function (menu) {
      if (!menu.contains(target)) { menu.open = false; }
    });
  });

  /* A form that is folded away: opening it leads into its first field, Escape closes it. */
  function focusField(form) {
    var field = all("textarea, select, input:not([type=hidden])", form).find(shown);
    if (!field) { return; }
    field.focus();
    if (field.matches("textarea")) { field.setSelectionRange(field.value.length, field.value.length); }
  }

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
    if (fold && !fold.matches("[data-keep]")) { fold.open = true; }
    var hidden = target && !shown(target) && target.closest("details:not([open])");
    if (hidden) {
      hidden.open = true;
      target.scrollIntoView();
    }
  }
  window.addEventListener("hashchange", openTarget);

  /* ---- What is typed and not sent outlives a swap, and warns before the page is left. data-keep on fields and folds
     that have an id; data-keep="typed" on a field that came back refused. A form is kept whole, so that it goes on
     saying what its reader had before the eyes. ---- */

  var kept = null;
  var leaving = null;

  function unsent(field) {
    if (field.dataset.keep === "typed") { return true; }
    if (field.matches("select")) {
      return field.value !== (field.querySelector("option[selected]") || field.options[0]).value;
    }
    if (field.matches("[type=radio], [type=checkbox]")) { return field.checked !== field.defaultChecked; }
    return field.type !== "hidden" && field.value !== field.defaultValue;
  }

  function unsentForms() {
    return all("form").filter(function (form) {
      return form !== leaving && all(":is(input, textarea, select)[data-keep]", form).some(unsent);
    });
  }

  /* What was sent says itself what its piece is like now: other forms of the same piece follow it. */
  function fieldsToKeep(sent) {
    var key = sent.elements && sent.elements.seen && sent.elements.key.value;
    return unsentForms().filter(function (form) { return form !== sent; }).flatMap(function (form) {
      var follows = key && form.elements.key && form.elements.key.value === key;
      return all(":is(input, textarea, select)[data-keep]", form).filter(function (field) {
        return !(follows && field.type === "hidden");
      });
    }).map(function (field) { return { id: field.id, value: field.value, checked: field.checked }; });
  }

  function restore() {
    if (!kept) { return; }
    var was = kept;
    kept = null;
    was.folds.forEach(function (fold) {
      var element = document.getElementById(fold.id);
      if (element) { element.open = fold.open; }
    });
    was.fields.forEach(function (field) {
      var element = document.getElementById(field.id);
      if (!element) { return; }
      if (element.matches("[type=radio], [type=checkbox]")) { element.checked = field.checked; } else { element.value = field.value; }
      if (element.matches("textarea[data-count]")) { count(element); }
    });
    document.dispatchEvent(new Event("tracker:kept"));
  }

  document.addEventListener("htmx:beforeSwap", function (event) {
    var sent = event.detail.requestConfig.elt;
    var done = sent.closest("details[data-form]");
    kept = {
      folds: all("details[data-keep]").filter(function (fold) { return fold !== done; })
        .map(function (fold) { return { id: fold.id, open: fold.open }; }),
      fields: fieldsToKeep(sent)
    };
  });
  document.addEventListener("submit", function (event) { leaving = event.defaultPrevented ? null : event.target; });
  window.addEventListener("beforeunload", function (event) {
    if (unsentForms().length) { event.preventDefault(); }
  });

  /* ---- What needs script shows itself; counters start ---- */

  function reveal(element) { element.hidden = false; }

  function prepare(root) {
    all("textarea[data-count]", root).forEach(count);
    all("[data-close], [data-help], [data-step], [data-scripted]", root).forEach(reveal);
    all("details[data-fold-below]", root).forEach(function (fold) {
      fold.open = matchMedia("(min-width: " + fold.dataset.foldBelow + "px)").matches;
    });
    var errors = (root || document).querySelector("#errors");
    if (errors) { errors.focus(); }
  }

  document.addEventListener("htmx:afterSettle", function (event) {
    prepare(event.target);
    all("#toasts [data-close]").forEach(reveal); /* of what is put into another element htmx says nothing */
    setTimeout(restore); /* once every piece that was swapped is prepared */
  });
  document.addEventListener("DOMContentLoaded", function () {
    all("[data-single-keys]").forEach(function (box) { box.checked = !singleKeysOff(); });
    prepare();
    openTarget();
  });
})();
