// The display at a door. The server says the day in frames, each what holds from an instant on:
// the right one is shown by the clock, whether or not the house can be reached.

const body = document.body;
const find = (name) => document.querySelector(`[data-${name}]`);
const read = (id) => JSON.parse(document.getElementById(id).textContent);
const texts = read("door-texts");
const clock = new Intl.DateTimeFormat("fr-BE", {
  timeZone: body.dataset.zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23",
});

let { now: serverNow, frames } = read("door-data");
let ahead = serverNow - Date.now() / 1000; // displays have clocks of their own
let etag = "";

const nowS = () => Date.now() / 1000 + ahead;
const current = () => frames.findLast((frame) => frame.since <= nowS()) ?? frames[0];

function write(name, text) {
  const place = find(name);
  if (place.textContent !== text) place.textContent = text;
}

function draw() {
  const frame = current();
  write("clock", clock.format(new Date(nowS() * 1000)));
  body.dataset.look = frame.look;
  for (const name of ["headline", "text", "note"]) write(name, frame[name]);
  find("coming").hidden = frame.coming.length === 0;
  const list = find("coming").querySelector("ol");
  if ([...list.children].map((item) => item.textContent).join() !== frame.coming.join()) {
    list.replaceChildren(...frame.coming.map((said) => {
      return Object.assign(document.createElement("li"), { textContent: said });
    }));
  }
  for (const form of document.querySelectorAll("[data-deed]")) offer(form, frame);
}

function offer(form, frame) {
  const what = frame[form.dataset.deed];
  form.hidden = what === null || what === false;
  const occurrence = form.querySelector("[name=occurrence]");
  if (occurrence) occurrence.value = what ?? "";
  for (const button of form.querySelectorAll("[name=minutes]")) button.hidden = !fits(button, frame);
}

function fits(button, frame) {
  if (button.value === "next") return frame.until !== null;
  const starts = frame.ends ?? nowS();
  return frame.until === null || starts + 60 * Number(button.value) <= frame.until;
}

async function poll() {
  try {
    const answer = await fetch(body.dataset.day, {
      cache: "no-store", headers: etag ? { "If-None-Match": etag } : {},
    });
    if (answer.status === 410) return location.reload();
    if (answer.status !== 304) await take(answer);
    else ahead = Number(answer.headers.get("X-Now")) - Date.now() / 1000;
    tell(answer.headers.get("X-Kept-At"));
  } catch {
    tell(String(lastHeard));
  }
  draw();
}

let lastHeard = Date.now();

async function take(answer) {
  if (!answer.ok) throw new Error(answer.status);
  const kept = answer.headers.get("X-Kept-At");
  const said = await answer.json();
  frames = said.frames;
  etag = kept ? "" : answer.headers.get("ETag") ?? "";
  if (!kept) ahead = said.now - Date.now() / 1000;
}

function tell(keptAt) {
  body.classList.toggle("is-offline", Boolean(keptAt));
  if (!keptAt) lastHeard = Date.now();
  const since = Math.ceil(Number(keptAt) / 1000 + ahead); // what the house calls it
  const time = keptAt && clock.format(new Date(since * 1000));
  write("offline", keptAt ? texts.offline.replace("{time}", time) : "");
}

function complain(text) {
  find("wrong").hidden = !text;
  write("wrong", text);
}

async function act(event) {
  event.preventDefault();
  const form = event.target;
  const said = new FormData(form, event.submitter);
  try {
    const answer = await fetch(form.action, {
      method: "POST", body: said, headers: { Accept: "application/json" },
    });
    complain(answer.ok ? "" : (await answer.json()).message);
  } catch {
    complain(texts.failed);
  }
  etag = "";
  await poll();
}

async function keep() {
  const worker = navigator.serviceWorker;
  if (!worker) return;
  await worker.register(body.dataset.worker, { scope: "/door/" });
  await worker.ready;
  if (worker.controller) return;
  worker.addEventListener("controllerchange", () => {
    const files = [...document.querySelectorAll("link[href], script[src]")];
    for (const file of files) fetch(file.href || file.src);
    fetch(location.href);
  }, { once: true });
}

for (const form of document.querySelectorAll("[data-deed]")) form.addEventListener("submit", act);
document.addEventListener("visibilitychange", () => document.hidden || poll());
setInterval(draw, 1000);
setInterval(poll, 1000 * Number(body.dataset.poll));
navigator.wakeLock?.request("screen").catch(() => {});
keep().catch(() => {});
draw();
poll();
