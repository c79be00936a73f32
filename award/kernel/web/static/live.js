/*
Keeps a part of a page fresh: <div data-live="/address/of/a/fragment" data-seconds="60" data-events="/address/of/a/stream">.
data-method="POST": the question is a sign too that somebody is there; the first is sent as the page opens.
Nothing is asked while the page is hidden or somebody works in that part.
*/
(function () {
  "use strict";
  function refresh(part) {
    if (document.hidden || part.contains(document.activeElement)) return;
    window.htmx.ajax(part.dataset.method || "GET", part.dataset.live, { target: part, swap: "innerHTML" });
  }
  document.querySelectorAll("[data-live]").forEach(function (part) {
    if (!window.htmx || !part.dataset.live) return;
    var poll = function () { refresh(part); };
    if (part.dataset.events && window.EventSource) new EventSource(part.dataset.events).addEventListener("changed", poll);
    setInterval(poll, 1000 * Number(part.dataset.seconds || 60));
    document.addEventListener("visibilitychange", poll);
    if (part.dataset.method) poll();
  });
})();
