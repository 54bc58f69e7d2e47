// Leaving: what the telephone keeps of today's visits leaves with its user; a report not sent yet waits for them.
const NAME = "amiable-visites";

const wanted = (asked) => new Promise((resolve, reject) => {
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});

async function leave(form) {
  const known = indexedDB.databases ? await indexedDB.databases() : [];
  if (known.some((database) => database.name === NAME)) {
    const database = await wanted(indexedDB.open(NAME));
    const waiting = await wanted(database.transaction("reports").objectStore("reports").count());
    const question = `${waiting} rapport(s) de visite ne sont pas envoyés. Ils restent sur cet appareil et partiront à votre prochaine connexion. Se déconnecter ?`;
    if (waiting && !window.confirm(question)) return;
    const running = database.transaction("stops", "readwrite");
    await wanted(running.objectStore("stops").clear());
    database.close();
  }
  form.submit();
}

for (const form of document.querySelectorAll("[data-leave]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    leave(form).catch(() => form.submit());
  });
}
