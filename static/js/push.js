// Lets this browser be told: asks for the permission, subscribes, and sends the subscription as the form beside it.

const WORKER = "/push-worker.js";
const DENIED = "Notifications are blocked for this site. Allow them in the browser's settings, then try again.";

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** A subscription for another key of the site is of no use any more. */
async function subscribed(key) {
  const { pushManager } = await navigator.serviceWorker.register(WORKER).then(() => navigator.serviceWorker.ready);
  const known = await pushManager.getSubscription();
  if (known && text(known.options.applicationServerKey) === key) return known;
  await known?.unsubscribe();
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
}

async function ask(part) {
  const form = part.querySelector("form");
  const said = part.querySelector("[data-said]");
  const button = part.querySelector("[data-subscribe]");
  button.disabled = true;
  try {
    if (await Notification.requestPermission() !== "granted") throw new Error(DENIED);
    const found = await subscribed(part.dataset.push);
    form.elements.address.value = found.endpoint;
    form.elements.p256dh.value = text(found.getKey("p256dh"));
    form.elements.auth.value = text(found.getKey("auth"));
    form.submit();
  } catch (error) {
    said.textContent = error.message === DENIED ? DENIED : "This browser could not subscribe. Its push service may be out of reach.";
    button.disabled = false;
  }
}

const can = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
for (const part of can ? document.querySelectorAll("[data-push]") : []) {
  part.hidden = false;
  part.querySelector("[data-subscribe]").addEventListener("click", () => ask(part));
}
