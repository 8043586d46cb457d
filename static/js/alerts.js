// Shows of a rule's form only what its kind needs. Without this file all fields are there, and the others do not count.

function fold(form) {
  const kind = form.elements.kind.value;
  const often = form.elements.often.value;
  for (const part of form.querySelectorAll("[data-kinds]")) {
    part.hidden = !part.dataset.kinds.split(" ").includes(kind);
  }
  for (const part of form.querySelectorAll("[data-often]")) part.hidden = part.dataset.often !== often;
}

for (const form of document.querySelectorAll("[data-rule]")) {
  form.addEventListener("change", () => fold(form));
  fold(form);
}

// A trial that does not come back says so; the rule can be saved all the same.
function failed(event) {
  if (event.target.id !== "trial") return;
  const said = document.createElement("p");
  said.className = "note note-error";
  said.role = "status";
  said.textContent = "The rule could not be tried just now. It can be saved all the same.";
  event.target.replaceChildren(said);
}

for (const name of ["htmx:responseError", "htmx:sendError"]) document.addEventListener(name, failed);

// Whoever has never said where they live is asked about the device's time zone.
for (const form of document.querySelectorAll("[data-guess-zone]")) {
  const zones = [...form.elements.time_zone.options].map((option) => option.value);
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zones.includes(here)) form.elements.time_zone.value = here;
}
