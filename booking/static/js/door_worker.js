// Lets a door display go on without the house: the newest answer, else the last one it got.

const KEPT = "door-1";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(clients.claim()));
self.addEventListener("fetch", (event) => {
  if (event.request.method === "GET") event.respondWith(answer(event.request));
});

async function answer(request) {
  const cache = await caches.open(KEPT);
  try {
    const fresh = await fetch(request);
    if (fresh.status === 200) await keep(cache, request, fresh.clone());
    if (fresh.status === 410) await caches.delete(KEPT);
    if (fresh.status < 500) return fresh;
  } catch {
    // not reached: what is kept has to do
  }
  return (await cache.match(request, { ignoreVary: true })) ?? Response.error();
}

async function keep(cache, request, response) {
  const headers = new Headers(response.headers);
  headers.set("X-Kept-At", String(Date.now()));
  await cache.put(request.url, new Response(await response.blob(), { status: 200, headers }));
}
