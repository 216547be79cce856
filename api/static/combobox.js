/* Editable combobox with a list of proposals (ARIA 1.2, « list autocomplete with manual selection »).
   Markup: <div class="combo" data-combo="appellations|skills|places"><input …></div>.
   Choosing sends `escale:choice` on the input, with the API's object in `detail`. */

const READERS = {
  appellations: (item) => ({ label: item.label, detail: curved({ label: item.rome_label }).label === item.label ? "" : item.rome_label }),
  skills: (item) => ({ label: item.label, detail: KINDS[item.kind] || "" }),
  places: (item) => ({ label: item.label, detail: item.postal_codes.slice(0, 3).join(", ") }),
};
const KINDS = { savoir_faire: "Savoir-faire", savoir: "Savoir", savoir_etre: "Savoir-être" };
const WAIT_MS = 150;
const MOST = 8;

export function enhanceComboboxes(root = document) {
  root.querySelectorAll("[data-combo]:not([data-ready])").forEach((box) => new Combobox(box));
}

class Combobox {
  constructor(box) {
    box.dataset.ready = "1";
    this.kind = box.dataset.combo;
    this.input = box.querySelector("input");
    this.list = element("ul", { id: `${this.input.id}-liste`, role: "listbox", class: "combo-list", hidden: "" });
    this.list.setAttribute("aria-label", "Propositions");
    this.status = element("div", { role: "status", class: "visually-hidden" });
    box.append(this.list, this.status);
    this.items = [];
    this.active = -1;
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.list.id,
      autocomplete: "off", spellcheck: "false",
    })) this.input.setAttribute(name, value);
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.close());
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.choose(Number(option.dataset.index));
    });
  }

  typed() {
    clearTimeout(this.timer);
    const text = this.input.value.trim();
    if (text.length < 2) return this.close();
    this.timer = setTimeout(() => this.fetch(text), WAIT_MS);
  }

  async fetch(text) {
    this.request?.abort();
    this.request = new AbortController();
    try {
      const query = new URLSearchParams({ q: text, limit: MOST });
      const answer = await fetch(`/api/v1/${this.kind}?${query}`, { signal: this.request.signal });
      if (answer.ok) this.show((await answer.json()).map(curved));
      else this.close();
    } catch (error) {
      if (error.name !== "AbortError") this.close(); // the server will resolve the text when it is sent
    }
  }

  show(items) {
    if (document.activeElement !== this.input) return;
    this.items = items;
    this.list.replaceChildren(...items.map((item, index) => this.option(item, index)));
    this.mark(-1);
    this.list.hidden = items.length === 0;
    this.input.setAttribute("aria-expanded", String(items.length > 0));
    this.status.textContent = items.length === 0 ? "Aucune proposition."
      : `${items.length} proposition${items.length > 1 ? "s" : ""}. Flèches haut et bas pour choisir.`;
  }

  option(item, index) {
    const { label, detail } = READERS[this.kind](item);
    const option = element("li", { role: "option", id: `${this.list.id}-${index}`, "aria-selected": "false" });
    option.dataset.index = index;
    option.append(label);
    if (detail) {
      const small = element("small");
      small.textContent = detail;
      option.append(small);
    }
    return option;
  }

  mark(index) {
    this.active = index;
    [...this.list.children].forEach((option, position) => {
      option.setAttribute("aria-selected", String(position === index));
      if (position === index) option.scrollIntoView({ block: "nearest" });
    });
    if (index < 0) this.input.removeAttribute("aria-activedescendant");
    else this.input.setAttribute("aria-activedescendant", `${this.list.id}-${index}`);
  }

  key(event) {
    const open = !this.list.hidden;
    const count = this.items.length;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) return this.typed();
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.mark(this.active < 0 && step < 0 ? count - 1 : (this.active + step + count) % count);
    } else if (event.key === "Enter" && open && this.active >= 0) {
      event.preventDefault();
      this.choose(this.active);
    } else if (event.key === "Escape" && open) {
      event.preventDefault();
      this.close();
    }
  }

  choose(index) {
    const item = this.items[index];
    this.input.value = item.label;
    this.close();
    this.status.textContent = `${item.label} choisi.`;
    this.input.dispatchEvent(new CustomEvent("escale:choice", { bubbles: true, detail: item }));
  }

  close() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.mark(-1);
  }
}

/* The labels of the ROME have straight apostrophes; the server reads both. */
function curved(item) {
  return { ...item, label: item.label.replace(/(?<=\p{L})'(?=\p{L})/gu, "’") };
}

function element(name, attributes = {}) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
