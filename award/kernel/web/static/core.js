/* Loaded on every page: the guard of input methods, character counters, focus on errors, faults of files, drafts that have grown old, looking again. */
(function () {
  "use strict";
  var award = (window.award = window.award || {});
  var REST = 100, DRAFT_DAYS = 30;
  var composing = false, ended = -REST;

  /* Whether an input method is still at work. WebKit sends keyCode 229 without isComposing, and an Enter right after the end. */
  award.isComposing = function (event) {
    if (composing || (event && (event.isComposing || event.keyCode === 229))) return true;
    return Date.now() - ended < REST;
  };
  document.addEventListener("compositionstart", function () { composing = true; }, true);
  document.addEventListener("compositionend", function () { composing = false; ended = Date.now(); }, true);

  award.fillIn = function (text, values) {
    return (text || "").replace(/\{(\w+)\}/g, function (whole, name) { return name in values ? values[name] : whole; });
  };

  award.csrf = function () {
    var meta = document.querySelector("meta[name=csrf-token]");
    return meta ? meta.content : "";
  };

  /* Opens the <dialog> kept in <template data-dialog="name">. */
  award.openDialog = function (name) {
    var template = document.querySelector('template[data-dialog="' + name + '"]');
    if (!template) return null;
    var dialog = template.content.cloneNode(true).querySelector("dialog");
    (document.querySelector("main") || document.body).appendChild(dialog);
    dialog.close_ = function () { if (dialog.close) dialog.close(); dialog.remove(); };
    dialog.addEventListener("click", function (event) { if (event.target.closest("[data-close]")) dialog.close_(); });
    dialog.addEventListener("close", function () { dialog.remove(); });
    if (dialog.showModal) dialog.showModal(); else dialog.setAttribute("open", "");
    return dialog;
  };

  function count(area) {
    var limit = Number(area.dataset.limit), length = Array.from(area.value.replace(/\r\n/g, "\n")).length;
    var line = document.getElementById(area.dataset.counter);
    if (!line) return;
    var text = award.fillIn(length > limit ? line.dataset.textOver : line.dataset.textCount, { count: length, limit: limit, over: length - limit });
    line.textContent = text;
    line.classList.toggle("is-over", length > limit);
    line.classList.toggle("is-near", length <= limit && length >= limit * 0.9);
    announce(line.id, length, limit, text);
  }

  /* Says it once at 90 % and once past the limit, not at every key. */
  function announce(id, length, limit, text) {
    var says = document.querySelector('[data-counter-says="' + id + '"]');
    var level = length > limit ? "over" : length >= limit * 0.9 ? "near" : "";
    if (!says || says.dataset.level === level) return;
    says.dataset.level = level;
    says.textContent = level ? text : "";
  }

  function recount() { document.querySelectorAll("textarea[data-limit]").forEach(count); }
  document.addEventListener("input", function (event) { if (event.target.matches("textarea[data-limit]")) count(event.target); });
  document.addEventListener("autosave:filled", recount);

  function eachStored(visit) {
    try { Object.keys(window.localStorage).filter(function (key) { return /^(draft|kept):/.test(key); }).forEach(visit); } catch (error) { /* no storage */ }
  }
  function sweep(key) {
    var at = 0;
    try { at = JSON.parse(window.localStorage.getItem(key)).at; } catch (error) { at = 0; }
    if (!at || Date.now() - at > DRAFT_DAYS * 864e5) window.localStorage.removeItem(key);
  }
  /* On a shared computer signing out takes ones own texts with it: first they are saved, then the copies here are removed. */
  document.addEventListener("submit", function (event) {
    var root = document.documentElement, form = event.target;
    if (!form.matches("[data-sign-out]") || !("shared" in root.dataset)) return;
    event.preventDefault();
    Promise.all((award.autosaves || []).map(function (one) { return one.finish(); })).then(function (done) {
      if (done.indexOf(false) >= 0) return;
      eachStored(function (key) { if (key.split(":")[1] === root.dataset.user) window.localStorage.removeItem(key); });
      HTMLFormElement.prototype.submit.call(form);
    });
  });
  document.addEventListener("htmx:configRequest", function (event) { event.detail.headers["X-CSRF-Token"] = award.csrf(); });

  /* What was wrong with a file says nothing of the next one: it goes, from the summary of errors too. */
  function forgetFault(input) {
    var fault = document.getElementById("e-" + input.name), box = input.closest(".field-error"), summary = document.querySelector(".summary");
    if (!fault || !box) return;
    fault.remove();
    box.classList.remove("field-error");
    input.removeAttribute("aria-invalid");
    input.setAttribute("aria-describedby", (input.getAttribute("aria-describedby") || "").replace(fault.id, "").trim());
    if (!summary) return;
    summary.querySelectorAll('a[href="#' + input.id + '"]').forEach(function (link) { link.closest("li").remove(); });
    var left = summary.querySelectorAll("li").length, title = summary.querySelector("h2");
    if (!left) return summary.remove();
    title.textContent = award.fillIn(left === 1 ? title.dataset.textOne : title.dataset.textMore, { n: left });
  }
  document.addEventListener("change", function (event) {
    if (event.target.matches("input[type=file]") && event.target.files.length) forgetFault(event.target);
  });

  /* A page that waits for something looks again by itself, but not while it is hidden or somebody works in it. */
  var wait = Number(document.documentElement.dataset.lookAgain);
  if (wait) setInterval(function () {
    if (!document.hidden && document.activeElement === document.body) window.location.reload();
  }, 1000 * wait);

  eachStored(sweep);
  recount();
  var first = document.querySelector("[data-focus]");
  if (first) first.focus();
})();
