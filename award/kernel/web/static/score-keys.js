/* Scoring by keyboard, and the big figure beside the radios. Needs rows.js for new comments; saves through autosave.js. */
(function () {
  "use strict";
  var award = window.award, form = document.querySelector("form[data-score-keys]"), box = form && form.querySelector("[data-score]");
  if (!box) return;
  var radios = Array.from(box.querySelectorAll("input[type=radio]")), typed = null, refused = false;
  var value = box.querySelector("[data-score-value]"), points = box.querySelector("[data-score-points]"), fault = box.querySelector("[data-score-error]");

  function chosen() { return radios.findIndex(function (radio) { return radio.checked; }); }
  /* points: a whole number; percent: 0..100, so the product is a hundredth of a point. */
  function scored(percent) {
    return (Number(box.dataset.points) * percent / 100).toFixed(2);
  }
  function show() {
    var radio = radios[chosen()], band = radio && radio.closest("[data-band]");
    typed = null;
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
  function choose(radio) {
    radio.checked = true;
    show();
    radio.dispatchEvent(new Event("input", { bubbles: true }));
  }
  function step(by) {
    if (!settle()) return;
    var at = chosen(), radio = radios[Math.max(0, Math.min(radios.length - 1, at < 0 ? Math.floor(radios.length / 2) : at + by))];
    choose(radio);
    radio.focus();
  }
  function say(wrong) {
    fault.textContent = wrong ? box.dataset.textStep : "";
    fault.hidden = !wrong;
  }
  /* What is typed stays as it was typed: a key left out would make another score of it. null: nothing is being typed. */
  function type(text) {
    typed = text;
    value.textContent = typed + "…";
    points.textContent = "—";
    say(typed.length > 3);
  }
  /* Takes what was typed where it is one of the steps, else says so and leaves the score as it was. Whether nothing is open now. */
  function settle() {
    if (typed === null) return true;
    var radio = radios.find(function (one) { return one.value === typed; });
    if (radio) choose(radio);
    else { show(); say(true); }
    return Boolean(radio);
  }
  function isText(node) { return node.matches("textarea, select, input:not([type=radio]):not([type=checkbox])") || node.isContentEditable; }
  function go(direction) { if (settle() && form.dataset[direction]) window.location.assign(form.dataset[direction]); }

  function anywhere(event) {
    if (event.ctrlKey && event.key === "Enter") { var save = form.querySelector("[data-save-next]"); if (settle() && save) save.click(); return true; }
    if (!event.altKey || event.ctrlKey) return false;
    if (event.code === "KeyS") { award.addRow("strength"); return true; }
    if (event.code === "KeyO") { award.addRow("opportunity"); return true; }
    if (event.key === "ArrowUp") { go("previous"); return true; }
    if (event.key === "ArrowDown") { go("next"); return true; }
    return false;
  }
  function typing(key) {
    if (/^.$/u.test(key)) type((typed || "") + key);
    else if (typed === null) return false;
    else if (key === "Escape") { show(); say(false); }
    else if (key === "Backspace") type(typed.slice(0, -1));
    else if (key !== "Enter") return false;
    else if (settle()) radios[chosen()].focus();
    return true;
  }
  function outsideText(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return false;
    var factor = event.target.type === "radio" && !box.contains(event.target);
    if (!factor && event.key === "ArrowLeft") { step(-1); return true; }
    if (!factor && event.key === "ArrowRight") { step(1); return true; }
    if (typed === null && event.key === " ") return false;
    if (typed === null && event.key === "?") { award.openDialog("keys"); return true; }
    if (typing(event.key)) return true;
    if (event.key !== "Enter" || event.target.closest("a, button, summary")) return false;
    say(!factor && chosen() < 0);
    return true;
  }
  document.addEventListener("keydown", function (event) {
    if (award.isComposing(event) || document.querySelector("dialog[open]")) return;
    if (anywhere(event) || (!isText(event.target) && outsideText(event))) event.preventDefault();
  });
  /* Whoever goes on to something else has finished typing; a click that would leave the page stays where the sentence is. */
  document.addEventListener("pointerdown", function (event) { refused = !box.contains(event.target) && !settle(); }, true);
  document.addEventListener("click", function (event) {
    if (refused && event.detail && event.target.closest("a[href], [data-save-next], .item-picker button")) { event.preventDefault(); event.stopPropagation(); }
    refused = false;
  }, true);
  document.addEventListener("focusin", settle);
  document.addEventListener("focusout", settle);
  window.addEventListener("blur", settle);
  box.addEventListener("change", show);
  document.addEventListener("autosave:filled", show);
  if (chosen() >= 0) show();
})();
