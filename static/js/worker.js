// Keeps an opened questionnaire readable without a network: the blank page and its files, never an answer.
"use strict";
// Where the service is mounted. Others may share the origin: the names of what is kept begin with it.
const ROOT = new URL("..", location).pathname;
const PAGE = /^s\/[^/]+\/(ballot|resume)$/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (url.origin !== location.origin || !url.pathname.startsWith(ROOT)) return;
  const path = url.pathname.slice(ROOT.length);
  if (event.request.mode === "navigate" && PAGE.test(path)) event.respondWith(page(event.request, url.pathname));
  else if (path.startsWith("static/") && event.request.method === "GET") event.respondWith(file(event.request));
});

async function page(request, path) {
  try {
    return await fetch(request);
  } catch (error) {
    // Of several people's pages that of whom had the phone last.
    const pages = await caches.open(`${ROOT.slice(1)}pages`);
    const kept = (await pages.keys()).filter((one) => new URL(one.url).pathname === path);
    kept.sort((a, b) => b.headers.get("at") - a.headers.get("at"));
    if (kept.length) return pages.match(kept[0]);
    throw error;
  }
}

// Files carry their digest in their address, so none is out of date.
async function file(request) {
  const kept = await caches.open(`${ROOT.slice(1)}files`);
  const known = await kept.match(request);
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok) await kept.put(request, answer.clone());
  return answer;
}
