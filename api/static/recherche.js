/* The search page with JavaScript: results without reloading, chosen skills, filters, the map on demand. */
import { enhanceComboboxes } from "./combobox.js";

const form = document.getElementById("recherche");
const announce = document.getElementById("annonce");
const wide = matchMedia("(min-width: 1200px)");

/* Choices search at once; texts wait for the button or the Enter key. */
document.addEventListener("change", (event) => {
  if (event.target.form === form && event.target.matches("[data-auto]")) form.requestSubmit();
});

/* A proposal picked in a list. */
form.addEventListener("escale:choice", (event) => {
  const input = event.target;
  if (input.id === "q_competence") addSkill(event.detail);
  if (input.id === "lieu") setPlace(event.detail.insee, "", "");
  if (input.id === "q_competence") input.value = "";
  form.requestSubmit();
});
form.addEventListener("input", (event) => {
  if (event.target.id === "lieu") setPlace("", "", "");
});
function setPlace(insee, lat, lon) {
  Object.entries({ insee, lat, lon }).forEach(([name, value]) => { form.elements[name].value = value; });
}

/* The device's position, when asked: kept to about a kilometre before it leaves the page. */
const around = document.getElementById("autour");
around.hidden = !("geolocation" in navigator);
around.addEventListener("click", () => {
  announce.textContent = "Recherche de votre position…";
  navigator.geolocation.getCurrentPosition(({ coords }) => {
    form.elements.lieu.value = "Position choisie";
    setPlace("", coords.latitude.toFixed(2), coords.longitude.toFixed(2));
    form.requestSubmit();
  }, () => {
    const error = document.getElementById("autour-erreur");
    error.hidden = false;
    announce.textContent = error.textContent;
    form.elements.lieu.focus();
  }, { timeout: 10000, maximumAge: 600000 });
});

function addSkill({ ogr, label }) {
  const known = document.getElementById(`competence-${ogr}`);
  if (known) { known.checked = true; return; }
  const row = document.createElement("div");
  row.className = "form-check";
  const box = Object.assign(document.createElement("input"), {
    type: "checkbox", className: "form-check-input", id: `competence-${ogr}`, name: "competences", value: ogr, checked: true,
  });
  box.dataset.auto = "";
  const text = Object.assign(document.createElement("label"), { className: "form-check-label", htmlFor: box.id, textContent: label });
  row.append(box, text);
  const chosen = document.getElementById("competences-choisies");
  chosen.append(row);
  chosen.hidden = false;
}

/* On a small screen, what the button finds is further down: go there. */
form.addEventListener("submit", (event) => { form.dataset.pressed = event.submitter ? "1" : ""; });

/* The address keeps only what was asked. */
document.body.addEventListener("htmx:configRequest", (event) => {
  const asked = event.detail.formData;
  for (const [name, value] of [...asked.entries()]) if (value === "") asked.delete(name);
});
document.body.addEventListener("htmx:oobBeforeSwap", (event) => {
  if (event.detail.target.id !== "savoir-faire") return;
  const incoming = event.detail.fragment.querySelector("#savoir-faire");
  if (incoming && event.detail.target.open) incoming.open = true;
});
document.body.addEventListener("htmx:afterSettle", () => {
  enhanceComboboxes();
  announce.textContent = document.getElementById("compte").textContent;
  if (form.dataset.pressed && !matchMedia("(min-width: 992px)").matches) {
    form.dataset.pressed = "";
    document.getElementById("resultats").scrollIntoView();
  }
  setUpFilters();
  setUpMap();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("#vers-carte")) document.getElementById("carte-boite").open = true;
});
/* Each search has its address; going back to one loads it again, so that what is shown is always true.
   (htmx's own history keeps copies of the page, whose styles the page's policy refuses.) */
document.body.addEventListener("htmx:afterSwap", (event) => {
  const path = event.detail.pathInfo.finalRequestPath;
  if (path !== location.pathname + location.search) history.pushState(null, "", path);
});
addEventListener("popstate", (event) => {
  if (event.state === null && !location.hash) location.reload();
});
/* What cannot be shown in place is shown as a page: it says what to do. */
for (const trouble of ["htmx:responseError", "htmx:sendError"]) {
  document.body.addEventListener(trouble, (event) => {
    const asked = event.detail.requestConfig;
    location.assign(`/recherche?${new URLSearchParams(asked.formData)}`);
  });
}

/* Filters: always open beside the results when there is room, else as the person left them. */
let filtersOpen = null;
function setUpFilters() {
  const filters = document.getElementById("filtres");
  if (!filters) return;
  if (wide.matches) filters.open = true;
  else if (filtersOpen !== null) filters.open = filtersOpen;
  filters.addEventListener("toggle", () => { if (!wide.matches) filtersOpen = filters.open; });
}
wide.addEventListener("change", setUpFilters);
setUpFilters();

/* The map: loaded the first time it is looked at; open by itself beside the list. */
function setUpMap() {
  const box = document.getElementById("carte-boite");
  if (!box || box.dataset.ready) return;
  box.dataset.ready = "1";
  box.hidden = false;
  document.getElementById("vers-carte").hidden = false;
  const draw = async () => {
    if (!box.open || box.dataset.drawn) return;
    box.dataset.drawn = "1";
    const { drawMap } = await import("./carte.js");
    drawMap(document.getElementById("resultats"), document.getElementById("carte"));
  };
  box.addEventListener("toggle", draw);
  if (matchMedia("(min-width: 992px)").matches) {
    new IntersectionObserver((entries, observer) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      box.open = true;
      draw();
    }).observe(box);
  }
}
setUpMap();
