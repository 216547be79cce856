/* A part of a convention is kept as it is typed, some seconds after the last key; one saving at a time. */
const PAUSE_MS = 1500;
const form = document.querySelector("form[data-draft]");
const told = form.querySelector("[data-saved]");
let timer = 0;
let saving = null;
let changed = false;
let stopped = false;

function save() {
  if (saving || stopped || form.dataset.sent) return;
  changed = false;
  saving = send().finally(() => {
    saving = null;
    if (changed) later();
  });
}

async function send() {
  try {
    const answer = await fetch(form.dataset.draft, { method: "POST", body: new FormData(form) });
    if (answer.status === 409) {
      stopped = true;
      told.textContent = "Quelqu’un d’autre a changé cette partie. Enregistrez pour comparer les deux versions.";
      return;
    }
    if (!answer.ok) throw new Error(String(answer.status));
    form.elements.vu.value = (await answer.json()).vu;
    const at = new Date().toLocaleTimeString("fr-FR", { hour: "2-digit", minute: "2-digit" });
    told.textContent = `Enregistré à ${at}.`;
  } catch {
    told.textContent = "Pas encore enregistré. Vérifiez la connexion : nous réessayons à la prochaine frappe.";
  }
}

function later() {
  changed = true;
  clearTimeout(timer);
  timer = setTimeout(save, PAUSE_MS);
}

form.addEventListener("input", later);

/* A button waits for the saving under way: it must know what that one wrote. */
form.addEventListener("submit", (event) => {
  clearTimeout(timer);
  changed = false;
  if (!saving) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const { submitter } = event;
  saving.then(() => form.requestSubmit(submitter));
});
