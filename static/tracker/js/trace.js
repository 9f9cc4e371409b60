/* The lines between what stands in the columns, drawn where the browser has put it. */
(function () {
  "use strict";

  function draw() {
    var trace = document.querySelector("[data-trace]");
    if (!trace) { return; }
    var lines = trace.querySelector(".trace__lines");
    var frame = trace.getBoundingClientRect();
    lines.replaceChildren();
    if (getComputedStyle(lines).display === "none") { return; }
    lines.setAttribute("width", frame.width);
    lines.setAttribute("height", frame.height);
    function place(id, side) {
      var box = document.getElementById(id);
      if (!box) { return null; }
      var at = box.getBoundingClientRect();
      return { x: (side === "right" ? at.right : at.left) - frame.left, y: at.top + Math.min(at.height / 2, 18) - frame.top };
    }
    trace.querySelectorAll("[data-from]").forEach(function (thread) {
      var from = place(thread.dataset.from, "right"), to = place(thread.dataset.to, "left");
      if (!from || !to) { return; }
      var bend = (to.x - from.x) / 2;
      var path = document.createElementNS("http://www.w3.org/2000/svg", "path");
      path.setAttribute("d", "M" + from.x + " " + from.y + "C" + (from.x + bend) + " " + from.y + " " + (to.x - bend) + " " + to.y + " " + to.x + " " + to.y);
      path.setAttribute("class", "trace-line trace-line--" + thread.dataset.kind + ("lit" in thread.dataset ? " is-lit" : ""));
      lines.appendChild(path);
    });
  }

  document.addEventListener("DOMContentLoaded", draw);
  window.addEventListener("load", draw);
  window.addEventListener("resize", draw);
  document.addEventListener("toggle", draw, true);
})();
