// Saving while somebody types: one request at a time, after a short pause; what is not saved yet is kept on the device.
"use strict";
(function () {
  const editor = (window.editor = window.editor || {});
  const PAUSE = 700;
  const LONGEST_PAUSE = 4000;
  const AGAIN = 5000;
  const PATIENCE = 20000;
  const HEARTBEAT = 10000;
  const IDLE = 600000; // a page that nobody touches must not keep a session alive

  // `tell` has: state(name, values), saved(state, doc), newer(theirs, state), others(names), renamed(key, addresses).
  class Saving {
    constructor(settings, doc, tell) {
      this.addresses = settings.addresses;
      this.id = settings.state.id;
      this.place = `editor:${settings.addresses.where}:${settings.account}`;
      this.csrf = settings.state.csrf;
      this.revision = settings.state.revision;
      this.base = doc; // as it is stored
      this.doc = doc; // as it is edited
      this.tell = tell;
      this.state = "saved";
      this.first = 0;
      this.held = false; // while a conflict waits for a decision
      addEventListener("online", () => this.now());
      document.addEventListener("visibilitychange", () => {
        if (document.hidden) this.keep();
        else if (this.state !== "saved") this.now();
      });
      addEventListener("pagehide", () => this.keep());
      // Somebody signed in again in another tab.
      addEventListener("focus", () => { if (this.state === "signin") this.now(); });
      this.touched = Date.now();
      for (const kind of ["keydown", "pointerdown"]) addEventListener(kind, () => { this.touched = Date.now(); }, { passive: true });
      this.beat();
    }

    changed(doc) {
      this.doc = doc;
      if (!this.first) this.first = Date.now();
      if (!["offline", "signin"].includes(this.state)) this.say("unsaved");
      clearTimeout(this.keeping);
      this.keeping = setTimeout(() => this.keep(), 300);
      this.later(Math.min(PAUSE, Math.max(0, this.first + LONGEST_PAUSE - Date.now())));
    }
    later(wait) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.now(), wait);
    }
    say(state, values) {
      this.state = state;
      this.tell.state(state, values || {});
    }
    get dirty() { return this.doc !== this.base && !editor.same(editor.toDefinition(this.doc), editor.toDefinition(this.base)); }

    // What is not saved yet, for the next visit.
    keep() {
      clearTimeout(this.keeping);
      try {
        if (!this.dirty) {
          if (this.wrote) this.forget(); // another tab may have kept something of its own
        } else if (!this.offered) {
          this.wrote = true;
          const kept = { at: Date.now(), base: editor.toDefinition(this.base), doc: editor.toDefinition(this.doc) };
          localStorage.setItem(this.place, JSON.stringify(kept));
        }
      } catch (error) { /* the browser keeps nothing, or its storage is full */ }
    }
    kept() {
      try { return JSON.parse(localStorage.getItem(this.place)); } catch (error) { return null; }
    }
    forget() {
      try { localStorage.removeItem(this.place); } catch (error) { /* the browser keeps nothing */ }
    }

    async now() {
      clearTimeout(this.timer);
      if (this.busy || this.held) return;
      this.busy = true;
      try {
        if (this.state === "signin" && !(await this.fresh())) return this.later(AGAIN);
        if (!this.dirty) {
          this.first = 0;
          this.keep();
          return this.say("saved");
        }
        await this.send();
      } finally {
        this.busy = false;
      }
    }

    async ask(address, method, body) {
      const headers = { Accept: "application/json" };
      if (method !== "GET") Object.assign(headers, { "Content-Type": "application/json", "X-CSRFToken": this.csrf });
      const answer = await fetch(address, {
        method, headers, body, credentials: "same-origin", redirect: "manual", signal: AbortSignal.timeout(PATIENCE),
      });
      const isData = (answer.headers.get("Content-Type") || "").startsWith("application/json");
      return { status: answer.status, data: isData ? await answer.json() : null, moved: answer.type === "opaqueredirect" };
    }

    // Whether somebody is signed in again; then with the token of the new session.
    async fresh() {
      try {
        const { data, status } = await this.ask(this.addresses.state, "GET");
        if (status === 404) return this.find();
        if (data) this.csrf = data.csrf;
        return Boolean(data);
      } catch (error) { return false; }
    }

    // Where the questionnaire is now, if somebody gave it another key; whether it was found.
    async find() {
      const { data } = await this.ask(this.addresses.where, "GET");
      if (!data || data.addresses.state === this.addresses.state) return false;
      Object.assign(this.addresses, data.addresses);
      this.tell.renamed(data.key, this.addresses);
      return true;
    }

    async send() {
      const sent = this.doc;
      const body = JSON.stringify({ id: this.id, revision: this.revision, definition: editor.toDefinition(sent) });
      this.first = 0;
      if (!["offline", "signin"].includes(this.state)) this.say("saving");
      let answer;
      try {
        answer = await this.ask(this.addresses.state, "PUT", body);
        if (answer.status === 404 && (await this.find())) answer = await this.ask(this.addresses.state, "PUT", body);
      } catch (error) {
        this.keep();
        this.say("offline");
        return this.later(AGAIN);
      }
      const { status, data, moved } = answer;
      if (data && status === 200) {
        this.take(data, sent);
        this.keep();
        this.tell.saved(data, sent);
        if (this.doc !== sent) return this.later(PAUSE);
        return this.say("saved");
      }
      if (data && status === 409) return this.newer(data);
      this.keep();
      if (moved || status === 400 || status === 401) {
        this.say("signin");
        return this.later(AGAIN);
      }
      if (data && data.problem) return this.say("refused", { why: data.problem });
      if (status === 403 || status === 404 || status === 413) return this.say("refused", { why: String(status) });
      this.say("offline");
      return this.later(AGAIN);
    }

    take(data, stored) {
      this.revision = data.revision;
      this.csrf = data.csrf;
      this.base = stored;
    }

    // Somebody else saved meanwhile: both are merged, and what cannot be is asked.
    newer(data) {
      const former = this.base;
      const theirs = editor.fromDefinition(data.definition, former);
      const { doc, conflicts } = editor.merge(former, this.doc, theirs);
      this.take(data, theirs);
      this.held = conflicts.length > 0;
      this.doc = doc;
      this.tell.newer({ doc, conflicts, former, theirs, data });
      this.keep();
      if (!this.held) this.later(0);
    }
    decided(doc) {
      this.held = false;
      this.changed(doc);
      this.later(0);
    }

    // Who else is here, and whether they saved.
    async beat() {
      setTimeout(() => this.beat(), HEARTBEAT);
      if (document.hidden || Date.now() - this.touched > IDLE) return;
      try {
        const { data, status } = await this.ask(this.addresses.presence, "POST");
        if (status === 404 || (data && data.id !== this.id)) {
          if ((await this.find()) && !this.busy && !this.held) await this.look();
          return;
        }
        if (data) this.tell.others(data.others);
        if (data && data.revision > this.revision && !this.busy && !this.held) await this.look();
      } catch (error) { /* the next beat tells */ }
    }
    async look() {
      const { data } = await this.ask(this.addresses.state, "GET");
      if (data && data.id === this.id && data.revision > this.revision && !this.busy && !this.held) this.newer(data);
    }
  }

  Object.assign(editor, { Saving });
})();
