// Small comforts; every page works without them.

document.documentElement.classList.add("js");

// "/" goes to the search, unless somebody is typing.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, select, textarea, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  const boxes = [...document.querySelectorAll("[data-shortcut='/']")];
  boxes.find((box) => box.checkVisibility())?.focus();
});

// The menus of the header close on Escape and on a click elsewhere.
const openMenus = () => document.querySelectorAll("details.menu[open]");
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});

// The theme changes at once; the server remembers it.
document.querySelector("[data-theme-form]")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  const body = new FormData(form, event.submitter);
  fetch(form.action, { method: "POST", body, redirect: "manual" });
  document.documentElement.dataset.theme = body.get("theme");
  for (const button of form.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button === event.submitter));
  }
});

// On a phone the filters begin closed, unless one of them is wrong.
const narrow = matchMedia("(max-width: 59.99rem)");
const foldFilters = (root) => {
  for (const fold of root.querySelectorAll("[data-fold-on-phones]")) {
    fold.open = !narrow.matches || Boolean(fold.querySelector("[aria-invalid='true']"));
  }
};
foldFilters(document);
narrow.addEventListener("change", () => foldFilters(document));
document.addEventListener("htmx:load", (event) => foldFilters(event.target));

// After a swap, say what came: the new element itself was not there to be listened to.
document.addEventListener("htmx:afterSettle", () => {
  const said = document.querySelector("[data-announce]");
  if (said) document.getElementById("announcer").textContent = said.textContent.trim();
});

// What is shown only once can be copied with a button.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = "Copied";
  });
}
