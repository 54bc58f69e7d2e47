// Visits on the ground: the day's stops, a report typed without network, sent when the network comes back.
// A report is written in the telephone at each keystroke, and leaves it only once the office has answered.
import { all, forget, get, photosOf, put, remove, replaceStops } from "./field_store.js";

const LONGEST_SIDE = 1600;
const QUALITY = 0.8;
const AGAIN_MS = 30000;
// Answers that may change by themselves: logged out, too slow, too many. Any other refusal is for a person.
const FOR_LATER = [401, 403, 408, 429];
const page = document.querySelector("[data-field]");
const url = page.dataset;
const part = (name) => page.querySelector(`[data-part="${name}"]`);
const list = part("list"), form = part("form"), said = part("said"), photoList = part("photos");
let current = null;
let day = null;
let sending = false;

class LoggedOut extends Error {}

const tell = (text) => { said.textContent = text; };
const plural = (count, one, many) => `${count} ${count > 1 ? many : one}`;

async function answerOf(address, options = {}) {
  const answer = await fetch(address, { credentials: "same-origin", ...options });
  const isJson = (answer.headers.get("Content-Type") || "").includes("application/json");
  if (answer.redirected && !isJson) throw new LoggedOut();
  return { status: answer.status, body: isJson ? await answer.json() : {} };
}

async function loadDay() {
  try {
    const { status, body } = await answerOf(url.day);
    if (status === 200) await replaceStops(body.stops, { user: body.user, on: body.on });
  } catch (error) {
    if (error instanceof LoggedOut) tell("Vous n’êtes plus connecté·e : les rapports restent sur ce téléphone.");
  }
  day = await get("meta", "day");
}

// --- The list ---

async function show() {
  const stops = (await all("stops")).sort((a, b) => a.rank - b.rank);
  const reports = await all("reports");
  const mine = reports.filter((report) => day && report.user === day.user);
  part("day").textContent = day ? new Date(`${day.on}T12:00:00`).toLocaleDateString("fr-FR", { weekday: "long", day: "numeric", month: "long" }) : "";
  part("network").textContent = navigator.onLine ? "" : "Hors ligne : tout est gardé sur ce téléphone.";
  list.replaceChildren(...stops.map((stop) => row(stop, mine.find((report) => report.visit === stop.id))));
  part("empty").hidden = stops.length > 0;
  const waiting = mine.filter((report) => report.state === "ready").length;
  const others = reports.length - mine.length;
  part("waiting").textContent = [
    waiting ? `${plural(waiting, "rapport attend", "rapports attendent")} le réseau.` : "",
    others ? `${plural(others, "rapport d’une autre personne attend", "rapports d’une autre personne attendent")} sa connexion.` : "",
  ].join(" ").trim();
  part("send").hidden = waiting === 0;
}

function row(stop, report) {
  const item = part("stop").content.firstElementChild.cloneNode(true);
  const place = (name) => item.querySelector(`[data-stop="${name}"]`);
  place("rank").textContent = stop.rank;
  place("state").textContent = stop.done ? "rapport envoyé" : state(report);
  place("name").textContent = stop.done ? "Visite faite" : stop.name;
  if (stop.done) { place("more").remove(); return item; }
  place("hour").textContent = stop.arrives;
  place("home").textContent = stop.home;
  place("two").hidden = !stop.needs_two;
  place("flags").replaceChildren(...stop.flags.map((text) => line("li", text)));
  place("flags").hidden = stop.flags.length === 0;
  place("note").textContent = stop.note;
  place("facts").replaceChildren(...stop.facts.map((text) => line("li", text)));
  place("phones").replaceChildren(...stop.phones.map(call));
  place("open").addEventListener("click", () => open(stop));
  if (report && report.message) place("message").textContent = report.message;
  return item;
}

const state = (report) => !report ? "à visiter" : { draft: "brouillon", ready: "attend le réseau", refused: "à corriger" }[report.state];

function line(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

function call(phone) {
  const link = line("a", phone.words);
  link.href = `tel:${phone.tel}`;
  return link;
}

// --- The form ---

async function open(stop) {
  if (sending) { tell("Un envoi est en cours : attendez un instant."); return; }
  const known = (await all("reports")).find((report) => report.visit === stop.id && report.user === day.user);
  current = known || { uuid: crypto.randomUUID(), visit: stop.id, user: day.user, state: "draft", visited_ms: Date.now() };
  // Opened again, it no longer leaves by itself: what is typed now would come too late.
  if (known && known.state === "ready") await put("reports", { ...known, state: (current.state = "draft") });
  form.reset();
  part("title").textContent = stop.name;
  part("where").textContent = stop.home;
  for (const field of form.elements) {
    const value = current[field.name];
    if (!field.name || field.type === "file" || value === undefined) continue;
    if (field.type === "radio") field.checked = field.value === value;
    else if (field.type === "checkbox") field.checked = Array.isArray(value) ? value.includes(field.value) : value === true;
    else field.value = value;
  }
  await showPhotos();
  screen("form");
}

function screen(name) {
  part("stops").hidden = name !== "stops";
  form.hidden = name !== "form";
  (name === "form" ? part("title") : page.querySelector("h1")).focus();
  window.scrollTo(0, 0);
}

function read() {
  for (const group of ["occupancy", "dwelling", "commitments"]) {
    current[group] = [...form.querySelectorAll(`[name="${group}"]:checked`)].map((box) => box.value);
  }
  const outcome = form.querySelector('[name="outcome"]:checked');
  current.outcome = outcome ? outcome.value : "";
  current.notice_left = form.elements.notice_left.checked;
  for (const name of ["said", "promise", "promise_on"]) current[name] = form.elements[name].value;
}

async function keep(state) {
  read();
  current.state = state;
  current.message = "";
  await put("reports", current);
}

form.addEventListener("input", (event) => { if (event.target.type !== "file") keep("draft"); });

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  read();
  if (!current.outcome) {
    tell("Indiquez comment la visite s’est terminée.");
    form.querySelector('[name="outcome"]').focus();
    return;
  }
  await keep("ready");
  tell("Rapport enregistré sur ce téléphone.");
  screen("stops");
  await show();
  await send();
});

part("back").addEventListener("click", async () => { screen("stops"); await show(); });

part("discard").addEventListener("click", async () => {
  if (!window.confirm("Effacer ce rapport et ses photos de ce téléphone ?")) return;
  for (const photo of await photosOf(current.uuid)) await remove("photos", photo.uuid);
  await remove("reports", current.uuid);
  screen("stops");
  await show();
});

// --- Photos: drawn again, smaller, so that neither the place nor the device comes with them ---

part("camera").addEventListener("change", async (event) => {
  await keep("draft");
  for (const file of event.target.files) {
    if ((await photosOf(current.uuid)).length >= Number(url.maxPhotos)) { tell(`Au plus ${url.maxPhotos} photos.`); break; }
    try {
      await put("photos", { uuid: crypto.randomUUID(), report: current.uuid, blob: await smaller(file) });
    } catch {
      tell("Cette photo n’a pas pu être lue : elle n’a pas été gardée.");
    }
  }
  event.target.value = "";
  await showPhotos();
});

async function smaller(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const ratio = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * ratio);
  canvas.height = Math.round(picture.height * ratio);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/jpeg", QUALITY);
  });
}

async function showPhotos() {
  const photos = await photosOf(current.uuid);
  photoList.replaceChildren(...await Promise.all(photos.map(thumbnail)));
}

async function thumbnail(photo, index) {
  const item = document.createElement("li");
  const image = document.createElement("img");
  image.alt = `Photo ${index + 1}`;
  image.src = await dataUrl(photo.blob);
  const drop = line("button", "Retirer");
  drop.type = "button";
  drop.className = "btn btn-quiet";
  drop.setAttribute("aria-label", `Retirer la photo ${index + 1}`);
  drop.addEventListener("click", async () => { await remove("photos", photo.uuid); await showPhotos(); });
  item.append(image, drop);
  return item;
}

function dataUrl(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

// --- Sending: one at a time, again until the office has answered; the same report twice is one report there ---

async function send() {
  if (sending) return;
  sending = true;
  try {
    const ready = (await all("reports")).filter((report) => day && report.user === day.user && report.state === "ready");
    for (const report of ready) await sendOne(report);
    if (ready.length) await loadDay();
  } catch (error) {
    tell(error instanceof LoggedOut
      ? "Reconnectez-vous pour envoyer vos rapports : ils restent sur ce téléphone."
      : "Pas de réseau : les rapports partiront à son retour.");
  } finally {
    sending = false;
    await show();
  }
}

async function sendOne(report) {
  const ticket = await answerOf(url.token);
  if (ticket.status !== 200 || ticket.body.user !== report.user) throw new LoggedOut();
  const parcel = new FormData();
  // How long ago, not at what time: a telephone's clock may be wrong, its stopwatch is not.
  const age = Math.max(0, Math.round((Date.now() - report.visited_ms) / 1000));
  parcel.append("report", JSON.stringify({ ...report, age_seconds: age }));
  for (const photo of await photosOf(report.uuid)) parcel.append(photo.uuid, photo.blob, `${photo.uuid}.jpg`);
  const { status, body } = await answerOf(url.report, { method: "POST", body: parcel, headers: { "X-CSRFToken": ticket.body.csrf } });
  if (status === 200 && body.uuid === report.uuid) {
    await forget(report);
    tell(body.second ? "Rapport envoyé. Un autre rapport existait déjà pour cette visite : les deux sont gardés." : "Rapport envoyé.");
  } else if (status >= 400 && status < 500 && !FOR_LATER.includes(status)) {
    await put("reports", { ...report, state: "refused", message: body.message || "Cette visite n’est plus dans votre liste : voyez l’agence." });
    tell("Un rapport est à corriger.");
  } else {
    throw new Error(`status ${status}`);
  }
}

part("send").addEventListener("click", send);
window.addEventListener("online", async () => { await loadDay(); await show(); await send(); });
window.addEventListener("offline", show);
setInterval(() => { if (navigator.onLine) send(); }, AGAIN_MS);

if ("serviceWorker" in navigator) navigator.serviceWorker.register(url.worker);
if (navigator.storage && navigator.storage.persist) navigator.storage.persist();
await loadDay();
await show();
await send();
page.dataset.ready = "yes";
