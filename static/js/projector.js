// The projector's page: ballots so far and the time left, asked for every five seconds and counted down in between.
"use strict";
const screen = document.querySelector("[data-projector]");
const words = screen.dataset;
const place = (name) => screen.querySelector(`[data-${name}]`);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
let known = JSON.parse(words.now);
let at = Date.now();

function show() {
  const seconds = Math.max(0, Math.round(known.seconds - (Date.now() - at) / 1000));
  const parts = { d: Math.floor(seconds / 86400), h: Math.floor(seconds / 3600) % 24, m: Math.floor(seconds / 60) % 60, s: seconds % 60 };
  const left = seconds < 3600 ? words.soon : words.left;
  const said = { open: left, published: words.opens, paused: words.paused, closed: words.ended, sealed: words.ended };
  place("ballots").textContent = known.ballots;
  place("people").textContent = known.people ? fill(words.of, { n: known.people }) : "";
  const over = ["closed", "sealing", "sealed"].includes(known.state);
  for (const part of screen.querySelectorAll("svg, [data-how], .screen-address")) part.toggleAttribute("hidden", over);
  place("time").textContent = fill(said[known.state], parts);
}
async function ask() {
  try {
    const answer = await fetch(words.projector);
    if (answer.ok && !answer.redirected) {
      known = await answer.json();
      at = Date.now();
    }
  } catch (error) { /* no network: the last count stays */ }
}
const full = place("full");
full.hidden = !document.documentElement.requestFullscreen;
full.addEventListener("click", () => (document.fullscreenElement ? document.exitFullscreen() : screen.requestFullscreen()));
setInterval(show, 1000);
setInterval(ask, 5000);
show();
