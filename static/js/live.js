// Prices on the page change when they change at their sources: a socket says that they did, and the parts of
// the page marked data-live are taken anew from the server. Where sockets are blocked, the page asks by itself.

const POLL = 60_000; // milliseconds
const LONGEST_WAIT = 60_000;
const TRIES = 3; // failed in a row before the page asks by itself

const address = document.querySelector("meta[name='live']")?.content;
const regions = () => [...document.querySelectorAll("[data-live]")];
const ids = (name) => [
  ...new Set(regions().flatMap((region) => (region.dataset[name] ?? "").split(" ").filter(Boolean).map(Number))),
];

let cursor = null;
let failures = 0;
let waiting = null;
let asking = null;

const isBusy = (region) =>
  region.contains(document.activeElement) || region.querySelector("input:checked, details[open], dialog[open]");

async function refresh() {
  waiting = null;
  const answer = await fetch(location.href, { cache: "no-cache" });
  if (!answer.ok || answer.redirected) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const changed = regions().filter((region) => swap(region, page.getElementById(region.id)));
  if (changed.length) document.getElementById("announcer").textContent = "Prices on this page were updated.";
}

function swap(region, fresh) {
  if (!fresh || fresh.innerHTML === region.innerHTML || isBusy(region)) return false;
  region.replaceWith(fresh);
  fresh.classList.add("is-fresh");
  window.htmx?.process(fresh);
  return true;
}

function refreshSoon() {
  waiting ??= setTimeout(() => refresh().catch(() => {}), 500);
}

function hear(text) {
  const said = JSON.parse(text);
  failures = 0;
  if (said.type === "problem") {
    cursor = null;
    if (said.status !== 410) askByItself();
    refreshSoon();
    return;
  }
  cursor = said.cursor ?? cursor;
  document.documentElement.dataset.live = "following";
  if (said.changes?.length) refreshSoon();
}

function askByItself() {
  asking ??= setInterval(() => document.visibilityState === "visible" && refreshSoon(), POLL);
}

function connect() {
  const socket = new WebSocket(address);
  socket.addEventListener("open", () => {
    clearInterval(asking);
    asking = null;
    const wish = { type: "subscribe", printings: ids("printings"), collections: ids("collections") };
    socket.send(JSON.stringify(cursor ? { ...wish, since: cursor } : wish));
  });
  socket.addEventListener("message", (event) => hear(event.data));
  socket.addEventListener("close", () => {
    delete document.documentElement.dataset.live;
    failures += 1;
    if (failures >= TRIES) askByItself();
    setTimeout(connect, Math.min(LONGEST_WAIT, 1000 * 2 ** failures) * (0.5 + Math.random()));
  });
}

if (regions().length) (address ? connect : askByItself)();
