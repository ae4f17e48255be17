// The ballot page beside the editor. Two frames take turns, so that one is seen while the other loads.
"use strict";
(function () {
  const editor = (window.editor = window.editor || {});

  class Preview {
    constructor(box, address) {
      this.frames = [...box.querySelectorAll("iframe")];
      this.address = address;
      this.language = document.documentElement.lang.slice(0, 2);
      this.dark = matchMedia("(prefers-color-scheme: dark)").matches;
      this.question = null; // the number of the slot that is shown
      this.seen = 0;
      this.loading = false;
      this.stale = false;
      this.frames.forEach((frame, at) => frame.addEventListener("load", () => this.loaded(at)));
      this.reload();
    }
    get shown() { return this.frames[this.seen]; }

    reload() {
      if (this.loading) { this.stale = true; return; }
      this.loading = true;
      this.stale = false;
      const target = this.frames[1 - this.seen];
      // Without an entry in the history of the editor.
      target.contentWindow.location.replace(`${this.address}?in=${this.language}`);
      clearTimeout(this.patience);
      this.patience = setTimeout(() => { this.loading = false; }, 15000);
    }
    loaded(at) {
      const inside = this.inside(this.frames[at]);
      if (!this.loading || at === this.seen || !inside || inside.URL === "about:blank") return;
      clearTimeout(this.patience);
      this.loading = false;
      inside.addEventListener("submit", (event) => { event.preventDefault(); event.stopImmediatePropagation(); }, true);
      this.colour(inside);
      const [old, fresh] = [this.shown, this.frames[at]];
      const top = old.contentWindow.scrollY;
      this.seen = at;
      old.classList.add("waits");
      fresh.classList.remove("waits");
      old.tabIndex = -1;
      fresh.tabIndex = 0;
      old.setAttribute("aria-hidden", "true");
      fresh.removeAttribute("aria-hidden");
      if (!this.show(this.question)) fresh.contentWindow.scrollTo(0, top);
      if (this.stale) this.reload();
    }
    inside(frame) {
      try { return frame.contentDocument; } catch (error) { return null; }
    }
    setLanguage(language) {
      this.language = language;
      this.reload();
    }

    setDark(dark) {
      this.dark = dark;
      const inside = this.inside(this.shown);
      if (inside) this.colour(inside);
    }
    // Light or dark, whatever this browser prefers.
    colour(inside) {
      inside.documentElement.style.colorScheme = this.dark ? "dark" : "light";
      for (const rule of [...inside.styleSheets].flatMap((sheet) => [...sheet.cssRules])) {
        if (rule.forDark || /prefers-color-scheme: *dark/.test(rule.conditionText || "")) {
          rule.forDark = true;
          rule.media.mediaText = this.dark ? "all" : "not all";
        }
      }
    }

    // Turn to the card of a question, and scroll to it.
    show(question) {
      this.question = question;
      const inside = this.inside(this.shown);
      const target = inside && question !== null && inside.getElementById(`q${question}`);
      if (!target) return false;
      const card = target.closest("[data-page]");
      const pages = [...inside.querySelectorAll("[data-page]")];
      if (card && card.hidden) this.shown.contentWindow.location.replace(`#${pages.indexOf(card)}`);
      if (this.marked) this.marked.style.outline = "";
      target.style.outline = "2px solid var(--accent)";
      target.style.outlineOffset = "4px";
      this.marked = target;
      const scroll = () => this.shown.contentWindow.scrollTo({
        top: target.getBoundingClientRect().top + this.shown.contentWindow.scrollY - 120, behavior: "instant",
      });
      // Its script turns to the card first.
      setTimeout(scroll, 60);
      return true;
    }
  }

  Object.assign(editor, { Preview });
})();
