/* The outline marks the passage that is being read. */
(function () {
  "use strict";

  function follow() {
    var lines = new Map();
    document.querySelectorAll(".outline li > a").forEach(function (link) {
      var target = document.getElementById(link.hash.slice(1));
      var passage = target && target.closest(".passage");
      if (passage && !lines.has(passage)) { lines.set(passage, link.parentElement); }
    });
    /* What crosses a line a quarter down the window is being read. */
    var reading = new IntersectionObserver(function (entries) {
      entries.forEach(function (entry) {
        var line = lines.get(entry.target);
        if (entry.isIntersecting) { line.setAttribute("aria-current", "true"); } else { line.removeAttribute("aria-current"); }
      });
    }, { rootMargin: "-25% 0px -75% 0px" });
    lines.forEach(function (line, passage) { reading.observe(passage); });
  }

  document.addEventListener("DOMContentLoaded", follow);
})();
