/* Scoring by keyboard, and the big figure beside the radios. Needs rows.js for new comments; saves through autosave.js. */
(function () {
  "use strict";
  var award = window.award, form = document.querySelector("form[data-score-keys]"), box = form && form.querySelector("[data-score]");
  if (!box) return;
  var radios = Array.from(box.querySelectorAll("input[type=radio]")), typed = "", forget = null;
  var value = box.querySelector("[data-score-value]"), points = box.querySelector("[data-score-points]"), fault = box.querySelector("[data-score-error]");

  function chosen() { return radios.findIndex(function (radio) { return radio.checked; }); }
  /* points: a whole number; percent: 0..100, so the product is a hundredth of a point. */
  function scored(percent) {
    var hundredths = Number(box.dataset.points) * percent;
    return (hundredths / 100).toFixed(hundredths % 10 ? 2 : 1);
  }
  function show() {
    var radio = radios[chosen()], band = radio && radio.closest("[data-band]");
    typed = "";
    value.textContent = radio ? radio.value : "—";
    points.textContent = radio ? scored(Number(radio.value)) : "—";
    box.querySelectorAll("[data-band]").forEach(function (one) { one.classList.toggle("is-on", one === band); });
    if (!band) return;
    var name = document.createElement("b"), line = box.querySelector("[data-band-text]");
    name.textContent = band.dataset.label + "%";
    line.textContent = band.dataset.text;
    line.insertBefore(name, line.firstChild);
    fault.hidden = true;
  }
  function choose(at) {
    var radio = radios[Math.max(0, Math.min(radios.length - 1, at))];
    radio.checked = true;
    radio.focus();
    radio.dispatchEvent(new Event("input", { bubbles: true }));
    show();
  }
  function step(by) { var at = chosen(); choose(at < 0 ? Math.floor(radios.length / 2) : at + by); }
  function digit(key) {
    clearTimeout(forget);
    typed = (typed + key).slice(-3);
    value.textContent = typed + "…";
    forget = setTimeout(show, 3000);
  }
  function enter() {
    var at = radios.findIndex(function (radio) { return radio.value === String(Number(typed)); });
    clearTimeout(forget);
    if (at >= 0) return choose(at);
    show();
    fault.textContent = box.dataset.textStep;
    fault.hidden = false;
  }
  function isText(node) { return node.matches("textarea, select, input:not([type=radio]):not([type=checkbox])") || node.isContentEditable; }
  function go(direction) { if (form.dataset[direction]) window.location.assign(form.dataset[direction]); }

  function anywhere(event) {
    if (event.ctrlKey && event.key === "Enter") { var save = form.querySelector("[data-save-next]"); if (save) save.click(); return true; }
    if (!event.altKey || event.ctrlKey) return false;
    if (event.code === "KeyS") { award.addRow("strength"); return true; }
    if (event.code === "KeyO") { award.addRow("opportunity"); return true; }
    if (event.key === "ArrowUp") { go("previous"); return true; }
    if (event.key === "ArrowDown") { go("next"); return true; }
    return false;
  }
  function outsideText(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return false;
    var factor = event.target.type === "radio" && !box.contains(event.target);
    if (!factor && event.key === "ArrowLeft") { step(-1); return true; }
    if (!factor && event.key === "ArrowRight") { step(1); return true; }
    if (/^[0-9]$/.test(event.key)) { digit(event.key); return true; }
    if (event.key === "Enter" && typed) { enter(); return true; }
    if (event.key === "Enter" && event.target.type === "radio") return true;
    if (event.key === "?") { award.openDialog("keys"); return true; }
    return false;
  }
  document.addEventListener("keydown", function (event) {
    if (award.isComposing(event) || document.querySelector("dialog[open]")) return;
    if (anywhere(event) || (!isText(event.target) && outsideText(event))) event.preventDefault();
  });
  box.addEventListener("change", show);
  document.addEventListener("autosave:filled", show);
  if (chosen() >= 0) show();
})();
