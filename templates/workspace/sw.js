{% autoescape off %}// Opens an empty shell when there is no signal. It answers for no page of anybody and keeps none.
"use strict";

const SHELF = "ruang-kerja-{{ version }}";
const SHELL = "{{ shell }}";
const FILES = [{% for file in files %}"{{ file }}"{% if not forloop.last %}, {% endif %}{% endfor %}];

addEventListener("install", (event) => {
  event.waitUntil(caches.open(SHELF).then((shelf) => shelf.addAll(FILES)).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  const clearing = caches.keys().then((names) => Promise.all(
    names.filter((name) => name.startsWith("ruang-kerja-") && name !== SHELF).map((name) => caches.delete(name)),
  ));
  event.waitUntil(clearing.then(() => clients.claim()));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate" && request.method === "GET") {
    event.respondWith(fetch(request).catch(() => caches.match(SHELL)));
  } else if (request.method === "GET" && FILES.includes(new URL(request.url).pathname)) {
    event.respondWith(caches.match(request).then((found) => found ?? fetch(request)));
  }
});
{% endautoescape %}
