// One touch adds a card to the visitor's collection. Without this file the same links lead to a page that asks first.
//
// "a" adds too, but only while the focus lies on a card or its row, so it never surprises anyone who types or speaks.

const ADDRESS = "/collections/quick-add/";
const SHOWN_FOR = 20_000; // milliseconds; never while it is pointed at or holds the focus

const toast = document.createElement("div");
toast.className = "toast";
toast.role = "status";
document.body.append(toast);
let timer;
let origin; // what had the focus, so that closing gives it back

const token = () => document.cookie.match(/(?:^|; )(?:__Host-)?csrftoken=([^;]+)/)?.[1] ?? "";

function ask(values) {
  const headers = { Accept: "application/json", "X-CSRFToken": token() };
  return fetch(ADDRESS, { method: "POST", body: new URLSearchParams(values), headers, redirect: "manual" });
}

function button(text, label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  if (label) made.ariaLabel = label;
  made.addEventListener("click", act);
  return made;
}

function close() {
  clearTimeout(timer);
  const held = toast.contains(document.activeElement);
  toast.replaceChildren();
  if (held) origin?.focus();
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(() => (toast.matches(":hover, :focus-within") ? later() : close()), SHOWN_FOR);
}

function say(text, ...buttons) {
  const words = document.createElement("p");
  words.textContent = text;
  toast.replaceChildren(words, ...buttons, button("×", "Close", close));
  later();
}

async function add(link) {
  if (link.ariaBusy === "true") return;
  origin = link;
  link.ariaBusy = "true";
  try {
    const answer = await ask({ printing: link.dataset.add });
    if (!answer.ok) return location.assign(link.href); // to sign in, or to the page that says what is wrong
    const { message, undo, name } = await answer.json();
    link.dataset.done = "";
    say(message, button("Undo", `Undo: take ${name} back`, () => takeBack(undo)));
  } catch {
    say("Nothing was added: the site cannot be reached.");
  } finally {
    link.ariaBusy = "false";
  }
}

async function takeBack(undo) {
  try {
    const answer = await ask(undo);
    const { message } = await answer.json();
    if (answer.ok) delete origin?.dataset.done;
    origin?.focus();
    say(message);
  } catch {
    say("It could not be taken back. Look into your collection.");
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-add]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  add(link);
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && toast.contains(event.target)) return close();
  if (event.key !== "a" || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest?.("input, select, textarea, [contenteditable]")) return;
  const link = event.target.closest?.("li, tr")?.querySelector("[data-add]");
  if (!link) return;
  event.preventDefault();
  add(link);
});

// One tick for all rows of a page.
document.addEventListener("change", (event) => {
  const name = event.target.dataset?.tickAll;
  if (!name) return;
  for (const box of event.target.form.querySelectorAll(`[name="${name}"]`)) box.checked = event.target.checked;
});
