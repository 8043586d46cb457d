// Single keys for staff: each presses the button or link that names it. Off for whoever switches them off.

const KEPT = "workbench-keys";
const hint = document.querySelector("[data-keys]");
const isOn = document.querySelector("[data-keys-on]");

if (hint && isOn) {
  hint.hidden = false;
  isOn.checked = localStorage.getItem(KEPT) !== "off";
  isOn.addEventListener("change", () => localStorage.setItem(KEPT, isOn.checked ? "on" : "off"));
}

const isTyping = (target) => target.closest?.("input:not([type=checkbox]), select, textarea, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (!isOn?.checked || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (isTyping(event.target)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const field = document.querySelector(`[data-focus="${CSS.escape(event.key)}"]`);
  const pressed = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!field && !pressed) return;
  event.preventDefault();
  if (field) {
    field.focus();
    field.select();
  } else {
    pressed.click();
  }
});
