/*
Sends files one by one with their progress. Without scripts the form posts plainly.

  <form data-upload method="post" enctype="multipart/form-data" action="…" data-max-bytes="52428800" data-max-total="…" data-used="…" data-types="pdf,docx,xlsx,png,jpg">
    <input type="file" name="file" multiple>  …  <ul class="uploads" data-uploads data-text-…></ul>
  data-text-type, -size, -total, -sending, -done, -broken on [data-uploads]; {name} {size} {limit} {types} are filled in.
  Each file: POST action, multipart with the form's other fields, Accept: application/json. 200 or 201 = stored; else problem+json {"detail"}.
  When all are stored the page is loaded again.
*/
(function () {
  "use strict";
  var award = window.award;

  function megabytes(bytes) { return (bytes / 1048576).toFixed(1) + " MB"; }
  function typeOf(file) { return file.name.split(".").pop().toLowerCase(); }

  function refusal(form, file, used) {
    var words = form.querySelector("[data-uploads]").dataset, limits = form.dataset;
    var values = { name: file.name, size: megabytes(file.size), types: limits.types };
    if (limits.types && limits.types.split(",").indexOf(typeOf(file)) < 0) return award.fillIn(words.textType, values);
    if (file.size > Number(limits.maxBytes)) return award.fillIn(words.textSize, Object.assign(values, { limit: megabytes(limits.maxBytes) }));
    if (limits.maxTotal && used + file.size > Number(limits.maxTotal)) return award.fillIn(words.textTotal, Object.assign(values, { limit: megabytes(limits.maxTotal) }));
    return "";
  }
  function line(list, file) {
    var item = document.createElement("li"), name = document.createElement("span"), bar = document.createElement("progress"), state = document.createElement("span");
    name.textContent = file.name + " (" + megabytes(file.size) + ")";
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    item.append(name, bar, state);
    list.appendChild(item);
    return { say: function (text, cls) { state.textContent = text; state.className = cls || "muted"; }, bar: bar };
  }
  function detailOf(request, otherwise) {
    try { return JSON.parse(request.responseText).detail || otherwise; } catch (error) { return otherwise; }
  }
  function send(form, input, file, shown, words) {
    return new Promise(function (done) {
      var data = new FormData(form), request = new XMLHttpRequest();
      data.delete(input.name);
      data.append(input.name, file, file.name);
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "application/json");
      request.setRequestHeader("X-CSRF-Token", award.csrf());
      request.upload.onprogress = function (event) { if (event.lengthComputable) shown.bar.value = (100 * event.loaded) / event.total; };
      request.onload = function () {
        var stored = request.status >= 200 && request.status < 300;
        shown.say(stored ? words.textDone : detailOf(request, words.textBroken), stored ? "is-good" : "is-bad");
        done(stored);
      };
      request.onerror = function () { shown.say(words.textBroken, "is-bad"); done(false); };
      shown.say(words.textSending);
      request.send(data);
    });
  }
  async function upload(form, input, list) {
    var used = Number(form.dataset.used || 0), all = true;
    for (var file of Array.from(input.files)) {
      var shown = line(list, file), reason = refusal(form, file, used);
      if (reason) { shown.say(reason, "is-bad"); all = false; continue; }
      if (await send(form, input, file, shown, list.dataset)) used += file.size; else all = false;
    }
    form.dataset.used = String(used);
    input.value = "";
    if (all) window.location.reload();
  }
  document.querySelectorAll("form[data-upload]").forEach(function (form) {
    form.addEventListener("submit", function (event) {
      var input = form.querySelector("input[type=file]"), list = form.querySelector("[data-uploads]");
      if (!input || !input.files.length || !list) return;
      event.preventDefault();
      list.textContent = "";
      upload(form, input, list);
    });
  });
})();
