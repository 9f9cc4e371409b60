/* Text and understanding scroll together: the unsure place that is being read is brought into view beside it. */
(function () {
  "use strict";

  function follow() {
    var side = document.querySelector(".import__side");
    if (!side) { return; }
    /* Words that were chosen stay in view while the text around them is read. */
    var chosen = side.querySelector(".import-chosen");
    var reading = new IntersectionObserver(function (entries) {
      entries.forEach(function (entry) {
        var row = document.getElementById(entry.target.id.replace(/^place-/, "doubt-"));
        if (!row) { return; }
        row.classList.toggle("is-read", entry.isIntersecting);
        if (!entry.isIntersecting || chosen || side.contains(document.activeElement) || side.scrollHeight <= side.clientHeight) { return; }
        side.scrollTop = row.offsetTop - side.offsetTop - side.clientHeight / 3;
      });
    }, { rootMargin: "-20% 0px -60% 0px" });
    document.querySelectorAll(".import__text [id^='place-']").forEach(function (place) { reading.observe(place); });
  }

  document.addEventListener("DOMContentLoaded", follow);
  document.addEventListener("htmx:afterSettle", follow);
})();
