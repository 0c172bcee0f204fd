// Opens what a person saved on this phone (help.js puts it there) without asking the line.
// Whatever was not saved goes its usual way. A copy older than a fortnight is fetched anew beside.
addEventListener("install", () => skipWaiting());
addEventListener("activate", event => event.waitUntil(clients.claim()));
addEventListener("fetch", event => {
  let asked = event.request;
  if (asked.method !== "GET" || asked.headers.get("HX-Request")) return;
  event.respondWith(caches.match(asked, { cacheName: "bantuan", ignoreVary: true }).then(kept => {
    if (!kept) return fetch(asked);
    if (asked.mode === "navigate" && Date.now() - Date.parse(kept.headers.get("Date")) > 12096e5)
      event.waitUntil(fetch(asked.url).then(page => page.ok && /HX-Request/i.test(page.headers.get("Vary")) && caches.open("bantuan").then(box => box.put(asked.url, page))).catch(() => 0));
    return kept;
  }));
});
