/*
Saves a form while it is being filled in, and never loses a text.

  <form data-autosave data-url="…" data-version="7" data-user="…" data-object="…" method="post" action="…" autocomplete="off">
  one [data-save-state] line and the <template>s of parts/forms.html (save_state, conflict_dialogs)

  PUT url   If-Match: "7", X-CSRF-Token; {"fields": {name: value}}   without csrf, version, act; a list where a name occurs more than once
  200 {"version": 8, "saved_at": "…", "fields": {…}?} + ETag: "8"    fields: values the server has set, such as the id of a new row
  412 problem+json {"version": 9, "theirs": {name: value}, "by": "…", "at": "…"}     401     409 or 423 {"title", "detail"}     422 {"detail"}
  data-keep-url (optional)   POST {"fields": …}: keeps a text that was given up among the earlier versions

  Events on the form: autosave:fill (before values are put in; detail: the values), autosave:filled, autosave:state (detail: the state).
*/
(function () {
  "use strict";
  var award = window.award;
  var IDLE = 1500, FIRST_RETRY = 3000, LAST_RETRY = 96000;
  var NOT_CONTENT = { csrf: true, version: true, act: true };

  function Autosave(form) {
    this.form = form;
    this.url = form.dataset.url;
    this.user = form.dataset.user || "";
    this.key = "draft:" + this.user + ":" + form.dataset.object;
    this.version = form.dataset.version;
    this.state = "";
    this.halted = false;
    this.busy = false;
    this.delay = 0;
    this.timer = null;
    this.line = document.querySelector("[data-save-state]");
    this.said = this.line ? this.line.querySelector("[data-save-text]").textContent : "";
    this.saved = this.now();
    this.listen();
    this.restore();
  }
  var its = Autosave.prototype;

  /* ---- the form and its local copy ---- */
  its.fields = function () {
    var all = {};
    new FormData(this.form).forEach(function (value, name) {
      if (NOT_CONTENT[name] || typeof value !== "string") return;
      all[name] = name in all ? [].concat(all[name], value) : value;
    });
    return all;
  };
  its.now = function () { return JSON.stringify(this.fields()); };
  its.isDirty = function () { return this.now() !== this.saved; };

  its.keep = function () {
    if (this.finished) return;
    try {
      window.localStorage.setItem(this.key, JSON.stringify({ at: Date.now(), base: this.version, data: this.fields() }));
      this.unstorable = false;
    } catch (error) {
      this.unstorable = true;
      this.show("nostore");
    }
  };
  its.drop = function () { try { window.localStorage.removeItem(this.key); } catch (error) { /* no storage */ } };
  its.draft = function () { try { return JSON.parse(window.localStorage.getItem(this.key)); } catch (error) { return null; } };

  its.fill = function (data) {
    this.tell("autosave:fill", data);
    Array.from(this.form.elements).forEach(function (control) {
      if (!control.name || !(control.name in data) || NOT_CONTENT[control.name]) return;
      if (control.type === "radio" || control.type === "checkbox") control.checked = [].concat(data[control.name]).indexOf(control.value) >= 0;
      else control.value = data[control.name];
    });
    this.tell("autosave:filled", data);
  };
  its.setVersion = function (version) {
    this.version = String(version);
    this.form.dataset.version = this.version;
    if (this.form.elements.version) this.form.elements.version.value = this.version;
  };

  /* ---- what the reader is told ---- */
  its.tell = function (name, detail) { this.form.dispatchEvent(new CustomEvent(name, { bubbles: true, detail: detail })); };
  /* Always the server's time, which a demonstration moves; the browser's clock is never shown. */
  its.clockTime = function (moment) {
    if (!moment || !/^\d{4}-\d\d-\d\dT/.test(moment)) return moment || "";
    return new Date(moment).toLocaleTimeString("en-GB", { timeZone: this.form.dataset.zone || undefined, hour12: false });
  };
  its.show = function (state, values, text) {
    this.state = state;
    this.tell("autosave:state", state);
    if (!this.line) return;
    this.line.dataset.state = { restored: "local", nostore: "rejected", other: "auth" }[state] || state;
    var said = text || this.line.dataset["text" + state.charAt(0).toUpperCase() + state.slice(1)] || "";
    this.line.querySelector("[data-save-text]").textContent = award.fillIn(said, values || {});
  };

  /* ---- sending ---- */
  its.later = function (wait) {
    var self = this;
    clearTimeout(this.timer);
    this.timer = setTimeout(function () { self.send(); }, wait === undefined ? IDLE : wait);
  };
  its.send = async function () {
    clearTimeout(this.timer);
    if (this.halted || !this.isDirty()) return;
    if (award.isComposing()) return this.later();
    if (this.busy) { this.again = true; return; }
    var sent = this.now(), response;
    this.busy = true;
    this.show("saving");
    try { response = await this.put(sent); } catch (error) { response = null; }
    this.busy = false;
    if (response) await this.answered(response, sent); else this.retry("local");
    if (this.again) { this.again = false; if (!this.halted && this.isDirty()) this.later(); }
  };
  its.put = function (sent) {
    return fetch(this.url, {
      method: "PUT", credentials: "same-origin", redirect: "manual", keepalive: sent.length < 20000,
      headers: { "Content-Type": "application/json", "Accept": "application/json", "If-Match": '"' + this.version + '"', "X-CSRF-Token": this.token || award.csrf() },
      body: '{"fields":' + sent + "}",
    });
  };
  its.answered = async function (response, sent) {
    var body = {};
    try { body = await response.json(); } catch (error) { body = {}; }
    var status = response.status;
    if (status === 200) return this.accepted(response, body, sent);
    if (status === 412) return this.stale(body, sent);
    if (status === 401 || response.type === "opaqueredirect") return this.signIn();
    if (status === 403) return this.forbidden(body);
    if (status === 409 || status === 423 || status === 404 || status === 410) return this.locked(body);
    if (status >= 400 && status < 500 && status !== 408 && status !== 429) return this.show("rejected", {}, body.detail);
    this.retry("retry");
  };
  its.accepted = function (response, body, sent) {
    this.delay = 0;
    this.triedToken = false;
    this.setVersion(body.version !== undefined ? body.version : response.headers.get("ETag").replace(/^W\/|"/g, ""));
    var unchanged = this.now() === sent;
    this.saved = sent;
    if (body.fields) this.adopt(body.fields);
    if (!unchanged) { this.keep(); this.show("dirty"); return this.later(); }
    this.drop();
    this.show("saved", { time: this.clockTime(body.saved_at || body.at) });
  };
  /* Values the server has set itself (the id of a new row) become part of what is saved. */
  its.adopt = function (fields) {
    var saved = JSON.parse(this.saved), form = this.form;
    Object.keys(fields).forEach(function (name) {
      var control = form.elements[name];
      if (!control || control.type !== "hidden") return;
      control.value = fields[name];
      if (name in saved) saved[name] = String(fields[name]);
    });
    this.saved = JSON.stringify(saved);
  };
  its.retry = function (state) {
    this.delay = Math.min(this.delay ? this.delay * 2 : FIRST_RETRY, LAST_RETRY);
    this.keep();
    this.show(state === "local" && navigator.onLine ? "retry" : state);
    this.later(this.delay);
  };
  its.hurry = function () { if (!this.halted && this.isDirty()) { this.delay = 0; this.send(); } };

  /* ---- somebody else saved meanwhile ---- */
  its.stale = function (body, sent) {
    var mine = JSON.parse(sent), theirs = body.theirs || {};
    var same = Object.keys(theirs).length > 0 && differing(this.form, mine, theirs).length === 0;
    if (same) return this.accepted(null, body, sent);
    this.keep();
    this.conflict(this.fields(), theirs, body);
  };
  its.conflict = function (mine, theirs, body) {
    var self = this;
    this.halted = true;
    this.show("conflict");
    var dialog = award.openDialog("conflict");
    if (!dialog) return;
    var words = document.querySelector('template[data-dialog="conflict"]').dataset;
    dialog.querySelector("[data-why]").textContent = body.by ? award.fillIn(words.textWho, { by: body.by, at: this.clockTime(body.at) }) : words.textWhen;
    var names = differing(this.form, mine, theirs);
    names.forEach(function (name) { showBoth(self.form, dialog, name, mine, theirs); });
    dialog.addEventListener("cancel", function (event) { event.preventDefault(); });
    dialog.addEventListener("click", function (event) {
      var button = event.target.closest("[data-choose]");
      if (button) self.choose(button.dataset.choose, dialog, mine, theirs, body);
      self.offerText(event, mine);
    });
  };
  its.choose = function (choice, dialog, mine, theirs, body) {
    if (choice === "edit") return editBoth(dialog);
    var data = mine;
    if (choice === "theirs") { data = Object.assign(withoutRows(mine), theirs); this.keepLoser(mine); }
    if (choice === "merged") data = Object.assign({}, mine, edited(dialog));
    dialog.close_();
    this.halted = false;
    this.setVersion(body.version);
    this.fill(data);
    if (choice === "theirs") { this.saved = this.now(); this.drop(); return this.show("saved", { time: this.clockTime(body.at) }, body.at ? "" : this.said); }
    this.saved = "";
    this.keep();
    this.send();
  };
  its.keepLoser = function (mine) {
    var text = JSON.stringify({ at: Date.now(), data: mine });
    try { window.localStorage.setItem("kept:" + this.user + ":" + this.form.dataset.object, text); } catch (error) { /* no storage */ }
    if (this.form.dataset.keepUrl) fetch(this.form.dataset.keepUrl, { method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/json", "X-CSRF-Token": this.token || award.csrf() }, body: JSON.stringify({ fields: mine }) }).catch(function () {});
  };

  /* ---- the session ended, or the thing is closed ---- */
  its.signIn = function () {
    var self = this;
    this.halted = "auth";
    this.keep();
    this.show("auth");
    if (document.querySelector("dialog[data-auth]")) return;
    var dialog = (this.dialog = award.openDialog("auth"));
    if (!dialog) return;
    dialog.dataset.auth = "";
    dialog.addEventListener("click", function (event) {
      if (event.target.closest("[data-resume]")) self.resume();
      self.offerText(event, self.fields());
    });
  };
  /* Looks who is signed in now by asking for this page again; takes its token and goes on. */
  its.resume = async function () {
    var page;
    try { page = new DOMParser().parseFromString(await (await fetch(window.location.href, { credentials: "same-origin", headers: { Accept: "text/html" } })).text(), "text/html"); } catch (error) { return; }
    var user = page.documentElement.dataset.user || "", meta = page.querySelector("meta[name=csrf-token]");
    if (!user) return this.halted === "auth" ? undefined : this.signIn();
    if (user !== this.user) return this.show("other");
    this.useToken(meta ? meta.content : "");
    if (this.dialog) { this.dialog.close_(); this.dialog = null; }
    this.halted = false;
    this.send();
  };
  its.useToken = function (token) {
    var meta = document.querySelector("meta[name=csrf-token]");
    this.token = token;
    if (meta) meta.content = token;
    document.querySelectorAll("input[name=csrf]").forEach(function (input) { input.value = token; });
  };
  its.forbidden = function (body) {
    if (this.triedToken) return this.locked(body);
    this.triedToken = true;
    return this.resume();
  };
  its.locked = function (body) {
    var self = this;
    this.halted = "locked";
    this.keep();
    this.show("locked");
    var dialog = award.openDialog("locked");
    if (!dialog) return;
    if (body.title) dialog.querySelector("[data-title]").textContent = body.title;
    if (body.detail) dialog.querySelector("[data-why]").textContent = body.detail;
    dialog.addEventListener("click", function (event) { self.offerText(event, self.fields()); });
  };
  its.offerText = function (event, data) {
    var text = asText(this.form, data);
    if (event.target.closest("[data-copy]")) copy(text, event.target.closest("dialog"));
    if (event.target.closest("[data-download]")) download(text, this.form.dataset.object);
  };

  /* ---- beginning and end ---- */
  its.restore = function () {
    var draft = this.draft();
    if (!draft || !draft.data) return;
    if (JSON.stringify(draft.data) === this.saved) return this.drop();
    if (String(draft.base) !== this.version) {
      /* Saved after all: the page was left before the answer came. */
      if (differing(this.form, draft.data, this.fields()).length === 0) return this.drop();
      return this.conflict(draft.data, this.fields(), { version: this.version });
    }
    this.fill(draft.data);
    this.show("restored");
    this.later();
  };
  its.typed = function () {
    this.keep();
    if (this.halted) return;
    if (!this.unstorable) this.show("dirty");
    if (!award.isComposing()) this.later();
  };
  /* A button of the form: first everything is saved, then the form goes its ordinary way. Offline the page stays. */
  its.submitting = async function (event) {
    if (this.leaving) return event.preventDefault();
    if (!this.isDirty() && !this.busy) { this.leaving = true; return; }
    event.preventDefault();
    var submitter = event.submitter;
    await this.flush();
    if (this.halted || this.isDirty()) return;
    this.leaving = true;
    if (submitter && submitter.name) this.form.appendChild(Object.assign(document.createElement("input"), { type: "hidden", name: submitter.name, value: submitter.value }));
    HTMLFormElement.prototype.submit.call(this.form);
  };
  its.flush = async function () {
    while (this.busy) await pause(50);
    await this.send();
  };
  /* Before signing out: true when nothing waits to be saved, or nothing can be; no copy is kept from then on. */
  its.finish = async function () {
    await this.flush();
    this.finished = this.halted !== false || !this.isDirty();
    return this.finished;
  };
  its.listen = function () {
    var self = this;
    this.form.addEventListener("input", function () { self.typed(); });
    this.form.addEventListener("compositionend", function () { self.typed(); self.later(); });
    this.form.addEventListener("submit", function (event) { self.submitting(event); });
    window.addEventListener("online", function () { self.hurry(); });
    window.addEventListener("focus", function () { if (self.halted === "auth") self.resume(); });
    window.addEventListener("pageshow", function () { self.leaving = false; });
    document.addEventListener("visibilitychange", function () {
      if (!document.hidden && self.halted === "auth") return self.resume();
      if (document.hidden && self.isDirty()) self.keep();
      self.hurry();
    });
    window.addEventListener("beforeunload", function (event) {
      if (self.unstorable && self.isDirty() && !self.leaving) { event.preventDefault(); event.returnValue = ""; }
    });
  };

  /* ---- words and pieces ---- */
  function pause(wait) { return new Promise(function (done) { setTimeout(done, wait); }); }
  function isRow(name) { return /-\d+-[a-z]+$/.test(name); }
  function withoutRows(data) {
    var rest = {};
    Object.keys(data).forEach(function (name) { if (!isRow(name)) rest[name] = data[name]; });
    return rest;
  }
  function plain(value) { return value === undefined || value === null ? "" : String(value).replace(/\r\n/g, "\n"); }
  function isShown(form, name) {
    var control = form.elements[name];
    return !/-(id|kind)$/.test(name) && (!control || control.type !== "hidden" || /-refs$/.test(name));
  }
  /* A field the server says nothing about is not a difference; a row it does not have is. */
  function differing(form, mine, theirs) {
    return Object.keys(Object.assign({}, theirs, mine)).filter(function (name) {
      if (!isShown(form, name)) return false;
      if (!(name in theirs) && !isRow(name)) return false;
      if (!(name in theirs) && /-mark$/.test(name)) return false;
      return plain(mine[name]) !== plain(theirs[name]);
    });
  }
  function labelOf(form, name) {
    var control = form.elements[name];
    if (control && !control.form) control = control[0]; /* a list of radios */
    if (!control) return name;
    var group = control.type === "radio" && control.closest("[role=radiogroup], fieldset");
    if (group) {
      var legend = document.getElementById(group.getAttribute("aria-labelledby")) || group.querySelector("legend");
      return group.getAttribute("aria-label") || (legend ? legend.textContent.trim() : name);
    }
    return control.getAttribute("aria-label") || (control.labels && control.labels[0] && control.labels[0].textContent.trim()) || name;
  }
  function showBoth(form, dialog, name, mine, theirs) {
    var piece = document.querySelector("template[data-merge-field]").content.cloneNode(true), place = dialog.querySelector("[data-merge-fields]");
    piece.querySelector("[data-label]").textContent = labelOf(form, name);
    piece.querySelector("[data-mine]").textContent = plain(mine[name]);
    piece.querySelector("[data-theirs]").textContent = plain(theirs[name]);
    var control = form.elements[name], area = Object.assign(document.createElement("textarea"), { hidden: true, className: "input", rows: 8 });
    area.dataset.name = name;
    area.setAttribute("aria-label", labelOf(form, name));
    if (!control || control.tagName === "TEXTAREA") { area.value = [plain(mine[name]), plain(theirs[name])].filter(Boolean).join("\n\n"); piece.appendChild(area); }
    place.appendChild(piece);
  }
  function editBoth(dialog) {
    dialog.querySelectorAll("textarea[data-name]").forEach(function (area) { area.hidden = false; });
    dialog.querySelector("[data-choose=merged]").hidden = false;
    dialog.querySelector("[data-choose=edit]").hidden = true;
    var first = dialog.querySelector("textarea[data-name]");
    if (first) first.focus();
  }
  function edited(dialog) {
    var data = {};
    dialog.querySelectorAll("textarea[data-name]").forEach(function (area) { data[area.dataset.name] = area.value; });
    return data;
  }
  function asText(form, data) {
    return Object.keys(data).filter(function (name) { return isShown(form, name) && plain(data[name]); })
      .map(function (name) { return labelOf(form, name) + "\n" + plain(data[name]); }).join("\n\n") + "\n";
  }
  function copy(text, place) {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text).catch(function () { copyOld(text, place); });
    copyOld(text, place);
  }
  function copyOld(text, place) {
    var area = Object.assign(document.createElement("textarea"), { value: text });
    (place || document.body).appendChild(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  function download(text, name) {
    var link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
    link.download = name.replace(/[^\w.-]+/g, "_").replace(/^_+/, "") + ".txt";
    document.body.appendChild(link);
    link.click();
    link.remove();
  }

  award.autosaves = Array.from(document.querySelectorAll("form[data-autosave]")).map(function (form) { return new Autosave(form); });
})();
