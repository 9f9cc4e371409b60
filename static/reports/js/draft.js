/* The editor of the draft: after an act the focus stays at the piece, on the same button where there still is one. */
(function () {
  "use strict";

  var CONTROLS = ".draft-acts > summary, .draft-piece__acts button, .draft-piece__acts summary";
  var MOVING_ON = ["leave", "take", "remove"];
  var last = null;

  function shown(element) { return element && element.getClientRects().length > 0; }
  function idOf(element) { return element ? element.id : ""; }

  /* The neighbours of a sentence in its list: the next first, else the one before. */
  function neighbours(piece) {
    return piece && piece.id ? [piece.nextElementSibling, piece.previousElementSibling]
      .filter(function (other) { return other && other.matches(".draft-piece[id]"); }).map(idOf) : [];
  }

  function remember(form, button) {
    var piece = form.closest(".draft-piece");
    var fold = form.closest("details[data-form]");
    last = {
      button: idOf(button),
      fold: idOf(fold),
      piece: (button && button.dataset.then) || idOf(piece),
      next: button && MOVING_ON.includes(button.value) ? neighbours(piece) : [],
      item: idOf(form.closest(".draft-item, .draft-head, .draft-part"))
    };
  }

  function firstControl(id) {
    var place = id && document.getElementById(id);
    return place ? Array.from(place.querySelectorAll(CONTROLS)).find(shown) : null;
  }

  function again() {
    if (!last) { return; }
    var was = last;
    last = null;
    if (document.getElementById("errors")) { return; } /* the refusal has the focus */
    var found = [document.getElementById(was.button), was.fold && document.querySelector("#" + CSS.escape(was.fold) + " > summary")]
      .concat(was.next.concat(was.piece, was.item).map(firstControl)).find(shown);
    if (found) {
      found.focus({ preventScroll: true });
      (found.closest(".draft-piece") || found).scrollIntoView({ block: "nearest", behavior: "instant" });
    }
  }

  document.addEventListener("htmx:beforeRequest", function (event) {
    var config = event.detail.requestConfig;
    if (event.detail.elt.matches("#draft form")) {
      remember(event.detail.elt, config.triggeringEvent && config.triggeringEvent.submitter);
    }
  });
  document.addEventListener("tracker:kept", again);
})();
