// Suggestions under a search box: the ARIA combobox pattern (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/).

const WAIT = 120; // ms after the last key
const LEAST = 2; // letters

function option(suggestion, id) {
  const item = document.createElement("li");
  item.id = id;
  item.role = "option";
  item.dataset.url = `/cards/${suggestion.card_id}/${suggestion.slug}/`;
  for (const [tag, text] of [["span", suggestion.name], ["i", suggestion.number], ["small", `${suggestion.set_name} · ${suggestion.game_name}`]]) {
    const part = document.createElement(tag);
    part.textContent = text;
    item.append(part);
  }
  return item;
}

class Combobox {
  constructor(input) {
    this.input = input;
    this.list = document.createElement("ul");
    this.list.className = "options";
    this.list.id = `${input.id}-options`;
    this.list.role = "listbox";
    this.list.ariaLabel = "Suggestions";
    this.list.hidden = true;
    input.form.append(this.list);
    input.role = "combobox";
    input.ariaAutoComplete = "list";
    input.setAttribute("aria-controls", this.list.id);
    input.ariaExpanded = "false";
    input.addEventListener("input", () => this.later());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => this.close());
    // mousedown comes before blur, which would close the list under the pointer
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.go(event.target.closest("li")));
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), WAIT);
  }

  async ask() {
    this.request?.abort();
    const text = this.input.value.trim();
    if (text.length < LEAST) return this.close();
    this.request = new AbortController();
    const url = new URL(this.input.dataset.suggest, location.href);
    url.searchParams.set("q", text);
    try {
      const answer = await fetch(url, { signal: this.request.signal, headers: { Accept: "application/json" } });
      if (answer.ok) this.show((await answer.json()).suggestions);
    } catch (error) {
      if (error.name !== "AbortError") this.close(); // the form still works
    }
  }

  show(suggestions) {
    if (!suggestions.length || document.activeElement !== this.input) return this.close();
    this.list.replaceChildren(...suggestions.map((found, place) => option(found, `${this.list.id}-${place}`)));
    this.list.hidden = false;
    this.input.ariaExpanded = "true";
    this.mark(null);
  }

  close() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.list.hidden = true;
    this.input.ariaExpanded = "false";
    this.mark(null);
  }

  mark(item) {
    for (const other of this.list.children) other.ariaSelected = String(other === item);
    this.marked = item;
    if (!item) return this.input.removeAttribute("aria-activedescendant");
    this.input.setAttribute("aria-activedescendant", item.id);
    item.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    const items = [...this.list.children];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && !this.list.hidden) {
      event.preventDefault();
      const from = this.marked ? items.indexOf(this.marked) : step > 0 ? -1 : 0;
      this.mark(items.at((from + step) % items.length));
    } else if (event.key === "Enter" && this.marked) {
      event.preventDefault();
      this.go(this.marked);
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.close();
    }
  }

  go(item) {
    if (item) location.assign(item.dataset.url);
  }
}

for (const input of document.querySelectorAll("[data-suggest]")) new Combobox(input);
