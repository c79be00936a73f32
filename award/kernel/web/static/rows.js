/* Rows that can be added and removed (comments), and references as small boxes. Without scripts the buttons post the form. */
(function () {
  "use strict";
  var award = window.award;

  function indexOf(row) {
    var control = row.querySelector("[name]");
    return Number(control.name.split("-")[1]);
  }
  function sectionFor(kind) { return document.querySelector('[data-rows][data-kind="' + kind + '"]'); }
  function recount(section) { section.querySelector("[data-row-count]").textContent = section.querySelectorAll("[data-row]").length; }
  function nextIndex() {
    return Array.from(document.querySelectorAll("[data-row]")).reduce(function (most, row) { return Math.max(most, indexOf(row) + 1); }, 0);
  }
  function changed(control) { control.dispatchEvent(new Event("input", { bubbles: true })); }

  function addRow(kind, index) {
    var section = sectionFor(kind);
    if (!section) return null;
    var holder = document.createElement("template");
    holder.innerHTML = section.querySelector("[data-row-template]").innerHTML.replace(/__i__/g, String(index));
    var row = holder.content.querySelector("[data-row]");
    section.querySelector("[data-row-list]").appendChild(row);
    row.querySelectorAll("[data-refs]").forEach(chips);
    recount(section);
    return row;
  }
  award.addRow = function (kind) {
    var row = addRow(kind, nextIndex());
    if (row) row.querySelector("textarea").focus();
  };

  document.addEventListener("click", function (event) {
    var add = event.target.closest("[data-add-row]"), remove = event.target.closest("[data-remove-row]");
    if (add) { event.preventDefault(); award.addRow(add.closest("[data-rows]").dataset.kind); }
    if (remove) {
      event.preventDefault();
      var section = remove.closest("[data-rows]");
      remove.closest("[data-row]").remove();
      recount(section);
      section.querySelector("[data-add-row]").focus();
      changed(section);
    }
  });

  /* A draft or the other version may have other rows than the page. */
  document.addEventListener("autosave:fill", function (event) {
    var data = event.detail, wanted = {};
    Object.keys(data).forEach(function (name) {
      var found = /^comments-(\d+)-kind$/.exec(name);
      if (found) wanted[found[1]] = data[name];
    });
    if (!document.querySelector("[data-rows]")) return;
    document.querySelectorAll("[data-row]").forEach(function (row) {
      var index = indexOf(row), section = row.closest("[data-rows]");
      if (wanted[index] === section.dataset.kind) delete wanted[index];
      else { row.remove(); recount(section); }
    });
    Object.keys(wanted).forEach(function (index) { addRow(wanted[index], index); });
  });

  function refsOf(text) {
    return text.split(/[,，、;；]/).map(function (one) { return one.trim(); }).filter(function (one, at, all) { return one && all.indexOf(one) === at; });
  }
  function chips(box) {
    var store = box.querySelector("input[name]");
    if (store.readOnly || box.classList.contains("is-chips")) return;
    var entry = document.createElement("input");
    entry.setAttribute("list", store.getAttribute("list") || "");
    entry.setAttribute("aria-label", box.dataset.textAdd);
    entry.placeholder = "+ " + box.dataset.textAdd;
    entry.autocomplete = "off";
    if (store.maxLength > 0) entry.maxLength = store.maxLength;
    store.type = "hidden";
    box.classList.add("is-chips");
    box.insertBefore(entry, store.nextSibling);
    entry.addEventListener("keydown", function (event) {
      if (award.isComposing(event)) return;
      if (event.key === "Enter" && !event.ctrlKey) { event.preventDefault(); take(); }
      if (event.key === "Backspace" && !entry.value && store.value) set(refsOf(store.value).slice(0, -1));
    });
    entry.addEventListener("input", function (event) { event.stopPropagation(); if (/[,，;；]$/.test(entry.value) && !award.isComposing(event)) take(); });
    entry.addEventListener("change", take);
    function take() { if (entry.value.trim()) { set(refsOf(store.value + "," + entry.value)); entry.value = ""; } }
    function set(refs) { store.value = refs.join(", "); draw(); changed(store); }
    function draw() {
      box.querySelectorAll(".ref").forEach(function (chip) { chip.remove(); });
      refsOf(store.value).forEach(function (ref) { box.insertBefore(chip(ref), entry); });
    }
    function chip(ref) {
      var one = document.createElement("span"), button = document.createElement("button");
      one.className = "ref";
      one.innerHTML = '<svg class="icon" aria-hidden="true"><use/></svg>';
      one.querySelector("use").setAttribute("href", box.dataset.icon);
      one.appendChild(document.createTextNode(ref));
      button.type = "button";
      button.textContent = "×";
      button.setAttribute("aria-label", award.fillIn(box.dataset.textRemove, { ref: ref }));
      button.addEventListener("click", function () { set(refsOf(store.value).filter(function (other) { return other !== ref; })); entry.focus(); });
      one.appendChild(button);
      return one;
    }
    draw();
    box.redraw = draw;
  }
  document.addEventListener("autosave:filled", function () { document.querySelectorAll("[data-refs].is-chips").forEach(function (box) { box.redraw(); }); });
  document.querySelectorAll("[data-row] [data-refs]").forEach(chips);
})();
