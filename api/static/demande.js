/* A request is kept as it is typed, some seconds after the last key; one saving at a time. */
const PAUSE_MS = 1500;
const form = document.querySelector("form[data-draft]");
const told = form.querySelector("[data-saved]");
let timer = 0;
let saving = false;
let changed = false;

async function save() {
  if (saving || form.dataset.sent) return;
  saving = true;
  changed = false;
  const typed = new FormData(form);
  typed.delete("cv");
  try {
    const answer = await fetch(form.dataset.draft, { method: "POST", body: typed });
    if (!answer.ok) throw new Error(String(answer.status));
    const at = new Date().toLocaleTimeString("fr-FR", { hour: "2-digit", minute: "2-digit" });
    told.textContent = `Enregistré à ${at} sur cet appareil.`;
  } catch {
    told.textContent = "Pas encore enregistré. Vérifiez la connexion : nous réessayons à la prochaine frappe.";
  }
  saving = false;
  if (changed) later();
}

function later() {
  changed = true;
  clearTimeout(timer);
  timer = setTimeout(save, PAUSE_MS);
}

form.addEventListener("input", (event) => {
  if (event.target.type !== "file") later();
});
document.querySelector("#coordonnees")?.focus();
