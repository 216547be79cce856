/* What every page gains with JavaScript; without it, every page works. */
import { enhanceComboboxes } from "./combobox.js";

document.documentElement.classList.add("js");
enhanceComboboxes();

/* A proposal picked in a field that adds to a list is added at once, by its codes (`<field>_<code's name>`). */
document.addEventListener("escale:choice", (event) => {
  const action = event.target.closest("[data-combo]").dataset.submit;
  if (!action) return;
  const { form, name } = event.target;
  for (const [code, value] of Object.entries(event.detail)) {
    const field = form.elements[`${name}_${code}`];
    if (field) field.value = value ?? "";
  }
  form.requestSubmit(form.querySelector(`button[name=action][value="${action}"]`));
});

/* A form is sent once: the second click of a double click is ignored, and going back re-opens it.
   A form that answers a file stays on its page: it can be sent again. */
for (const form of document.querySelectorAll("form[method=post]:not([data-download])")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

/* A block that some birth dates alone call for opens once one is typed: after the last that does not.
   Where the first day is on the page too, that last date is eighteen years before it. */
for (const block of document.querySelectorAll("details[data-opens-for]")) {
  const born = document.getElementById(block.dataset.opensFor);
  const first = document.getElementById(block.dataset.opensOn);
  const look = () => {
    const [year, ...rest] = (first?.value ?? "").split("-");
    const last = year > "1900" ? [year - 18, ...rest].join("-") : block.dataset.opensAfter;
    if (born.value > last) block.open = true;
  };
  born.addEventListener("input", look);
  first?.addEventListener("input", look);
}

/* After a refused form, the summary of errors is what comes first. */
document.querySelector(".error-summary")?.focus();
