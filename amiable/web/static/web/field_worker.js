// Opens the page of the visits without network. VERSION and SHELL come before this text. It keeps nothing personal:
// the stops and the reports are in the page's own store.
const CACHE = `amiable-terrain-${VERSION}`;
const PATIENCE_MS = 4000;

self.addEventListener("install", (event) => {
  event.waitUntil(keepShell().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOthers().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin || !SHELL.includes(pathname)) return;
  event.respondWith(networkFirst(request, pathname));
});

async function keepShell() {
  const cache = await caches.open(CACHE);
  await Promise.all(SHELL.map(async (path) => {
    const answer = await fetch(path, { cache: "no-cache" });
    // Sent to the log-in page: that is not the page to keep.
    if (!answer.ok || answer.redirected) throw new Error(`${path}: ${answer.status}`);
    await cache.put(path, answer);
  }));
}

async function forgetOthers() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("amiable-terrain-") && name !== CACHE).map((name) => caches.delete(name)));
}

async function networkFirst(request, pathname) {
  try {
    return await Promise.race([
      fetch(request),
      new Promise((_, reject) => setTimeout(() => reject(new Error("slow")), PATIENCE_MS)),
    ]);
  } catch (error) {
    const kept = await caches.match(pathname, { cacheName: CACHE });
    if (kept) return kept;
    throw error;
  }
}
