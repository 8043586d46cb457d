// Typing in a whole set by keyboard alone. Without this file the form is a form.

const form = document.querySelector("[data-enter]");
const save = form?.querySelector("[data-save]");
const fields = () => form.querySelectorAll("input[name^='p']");
const count = (field) => Number(field.value) || 0;
const was = new Map((form?.elements.was.value.match(/\d+:\d+/g) ?? []).map((pair) => pair.split(":")));
const isChanged = (field) => (field.value.trim() || "0") !== (was.get(field.name.slice(1)) ?? "0");
let sent = false;

const changes = () => [...fields()].filter(isChanged).length;
const tell = () => {
  const changed = changes();
  save.textContent = changed ? `Save ${changed} ${changed === 1 ? "change" : "changes"}` : "Save";
};

// The field that many rows and columns away, over rows without that printing.
const beside = (field, rows, columns) => {
  const cell = field.closest("td");
  let [row, column] = [cell.parentElement, cell.cellIndex];
  do {
    if (rows) row = rows > 0 ? row.nextElementSibling : row.previousElementSibling;
    column += columns;
  } while (row?.cells[column] && !row.cells[column].querySelector("input"));
  return row?.cells[column]?.querySelector("input");
};

const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], Enter: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const steps = { "+": 1, "=": 1, "-": -1 };

form?.addEventListener("keydown", (event) => {
  const field = event.target;
  if (!field.matches("input[name^='p']") || event.altKey || event.metaKey) return;
  if (event.ctrlKey) {
    if (event.key === "Enter") form.requestSubmit(save);
    return;
  }
  if (event.key in moves) {
    beside(field, ...moves[event.key])?.focus();
  } else if (event.key in steps) {
    field.value = String(Math.max(0, count(field) + steps[event.key]));
    tell();
  } else return;
  event.preventDefault();
});
form?.addEventListener("focusin", (event) => event.target.select?.());
form?.addEventListener("input", tell);
form?.addEventListener("submit", () => { sent = true; });
addEventListener("beforeunload", (event) => {
  if (form && !sent && changes()) event.preventDefault();
});

if (form) {
  document.querySelector("[data-keys]").hidden = false;
  tell();
  const wrong = form.querySelector("[aria-invalid='true']");
  // On a phone the focus would open the keyboard over the page.
  if (wrong || matchMedia("(pointer: fine)").matches) (wrong ?? fields()[0])?.focus();
}
