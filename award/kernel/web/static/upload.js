/*
Sends files one by one with their progress. Without scripts the form posts plainly.

  <form data-upload method="post" enctype="multipart/form-data" action="…" data-max-bytes="52428800" data-max-total="…" data-used="…" data-types="pdf,docx,xlsx,png,jpg">
    <input type="file" name="file" multiple>  …  <ul class="uploads" data-uploads data-text-…></ul>
  data-text-type, -size, -total, -sending, -done, -broken, -again on [data-uploads]; {name} {size} {limit} {types} are filled in.
  Each file: POST action, multipart with the form's other fields, Accept: application/json. 200 or 201 = stored; else problem+json {"detail"}.
    {"there": [codes]} of an answer names contents that were there already; the page says so when it is loaded again with ?there=.
  What breaks off (the server answers 400 to a body that was cut short), or stands still for a minute, is said and offered again. When all are stored the page is loaded again.
  What was refused goes from the list when other files are chosen.
*/
(function () {
  "use strict";
  var award = window.award;

  var STILL = 60000;

  function sizeText(bytes) { return bytes < 1048576 ? Math.ceil(bytes / 1024) + " KB" : (bytes / 1048576).toFixed(1) + " MB"; }
  function typeOf(file) { return file.name.split(".").pop().toLowerCase(); }

  function refusal(form, file, used) {
    var words = form.querySelector("[data-uploads]").dataset, limits = form.dataset;
    var values = { name: file.name, size: sizeText(file.size), types: limits.types };
    if (limits.types && limits.types.split(",").indexOf(typeOf(file)) < 0) return award.fillIn(words.textType, values);
    if (file.size > Number(limits.maxBytes)) return award.fillIn(words.textSize, Object.assign(values, { limit: sizeText(limits.maxBytes) }));
    if (limits.maxTotal && used + file.size > Number(limits.maxTotal)) return award.fillIn(words.textTotal, Object.assign(values, { limit: sizeText(limits.maxTotal) }));
    return "";
  }
  function line(list, file) {
    var item = document.createElement("li"), name = document.createElement("span"), bar = document.createElement("progress"), state = document.createElement("span");
    name.textContent = file.name + " (" + sizeText(file.size) + ")";
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    item.append(name, bar, state);
    list.appendChild(item);
    return {
      item: item, bar: bar,
      say: function (text, cls) { state.textContent = text; state.className = cls || "muted"; },
      offer: function (text, act) {
        var button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-sm", textContent: text });
        button.addEventListener("click", act);
        item.appendChild(button);
      },
    };
  }
  function detailOf(request, otherwise) {
    try { return JSON.parse(request.responseText).detail || otherwise; } catch (error) { return otherwise; }
  }
  function thereOf(request) {
    try { return JSON.parse(request.responseText).there || []; } catch (error) { return []; }
  }
  function showAgain(list) {
    if (list.dataset.there) window.location.assign(window.location.pathname + "?there=" + list.dataset.there); else window.location.reload();
  }
  function send(form, input, file, shown, words) {
    return new Promise(function (done) {
      var data = new FormData(form), request = new XMLHttpRequest(), watch;
      function alive() { clearTimeout(watch); watch = setTimeout(function () { request.abort(); }, STILL); }
      function broken() { clearTimeout(watch); shown.say(words.textBroken, "is-bad"); done("broken"); }
      data.delete(input.name);
      data.append(input.name, file, file.name);
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "application/json");
      request.setRequestHeader("X-CSRF-Token", award.csrf());
      request.upload.onprogress = function (event) { alive(); if (event.lengthComputable) shown.bar.value = (100 * event.loaded) / event.total; };
      request.onload = function () {
        var stored = request.status >= 200 && request.status < 300;
        if (!stored && (request.status >= 500 || request.status === 400 || request.status === 408)) return broken();
        clearTimeout(watch);
        if (stored && thereOf(request).length) words.there = (words.there ? words.there + "," : "") + thereOf(request).join(",");
        shown.say(stored ? words.textDone : detailOf(request, words.textBroken), stored ? "is-good" : "is-bad");
        done(stored ? "stored" : "refused");
      };
      request.onerror = request.onabort = broken;
      shown.bar.value = 0;
      shown.say(words.textSending);
      alive();
      request.send(data);
    });
  }
  /* One file until it is stored or refused; what broke off waits for the button. */
  async function deliver(form, input, file, list) {
    var shown = line(list, file), used = Number(form.dataset.used || 0), reason = refusal(form, file, used), outcome = "refused";
    if (reason) shown.say(reason, "is-bad"); else outcome = await send(form, input, file, shown, list.dataset);
    if (outcome === "stored") form.dataset.used = String(used + file.size);
    if (outcome === "broken") shown.offer(list.dataset.textAgain, async function () {
      shown.item.remove();
      if ((await deliver(form, input, file, list)) && !list.querySelector(".is-bad, .muted")) showAgain(list);
    });
    return outcome === "stored";
  }
  async function upload(form, input, list) {
    var files = Array.from(input.files), all = true;
    input.value = "";
    for (var file of files) if (!(await deliver(form, input, file, list))) all = false;
    if (all) showAgain(list);
  }
  document.querySelectorAll("form[data-upload]").forEach(function (form) {
    form.addEventListener("change", function (event) {
      if (!event.target.matches("input[type=file]") || !event.target.files.length) return;
      form.querySelectorAll("[data-uploads] .is-bad").forEach(function (state) {
        if (!state.parentNode.querySelector("button")) state.parentNode.remove();
      });
    });
    form.addEventListener("submit", function (event) {
      var input = form.querySelector("input[type=file]"), list = form.querySelector("[data-uploads]");
      if (!input || !input.files.length || !list) return;
      event.preventDefault();
      list.textContent = "";
      delete list.dataset.there;
      upload(form, input, list);
    });
  });
})();
