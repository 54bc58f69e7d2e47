// What the telephone keeps of the visits: today's stops, reports not sent yet, their photos (IndexedDB).
export const NAME = "amiable-visites";
const STORES = { stops: "id", reports: "uuid", photos: "uuid", meta: "key" };

function opened() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(STORES)) asked.result.createObjectStore(name, { keyPath });
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

// One transaction over some stores, over only when the telephone has written it down.
async function transaction(names, mode, work) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const running = database.transaction(names, mode);
      const asked = work(...names.map((name) => running.objectStore(name)));
      running.oncomplete = () => resolve(asked && "result" in asked ? asked.result : undefined);
      running.onerror = running.onabort = () => reject(running.error);
    });
  } finally {
    database.close();
  }
}

export const all = (name) => transaction([name], "readonly", (store) => store.getAll());
export const get = (name, key) => transaction([name], "readonly", (store) => store.get(key));
export const put = (name, value) => transaction([name], "readwrite", (store) => { store.put(value); });
export const remove = (name, key) => transaction([name], "readwrite", (store) => { store.delete(key); });

export function replaceStops(stops, meta) {
  return transaction(["stops", "meta"], "readwrite", (store, info) => {
    store.clear();
    for (const stop of stops) store.put(stop);
    info.put({ key: "day", ...meta });
  });
}

export async function photosOf(uuid) {
  return (await all("photos")).filter((photo) => photo.report === uuid);
}

// A report the office has: it leaves the telephone with its photos, and its stop keeps only its number.
export async function forget(report) {
  const photos = await photosOf(report.uuid);
  const stop = await get("stops", report.visit);
  return transaction(["reports", "photos", "stops"], "readwrite", (reports, pictures, stops) => {
    reports.delete(report.uuid);
    for (const photo of photos) pictures.delete(photo.uuid);
    if (stop) stops.put({ id: stop.id, rank: stop.rank, done: true });
  });
}
