"""A whole convention as its five pages post it."""

import secrets
from datetime import UTC, date, datetime, timedelta

import httpx

from domain.time_zones import holiday

OK, SEEN = httpx.codes.OK, httpx.codes.SEE_OTHER
UNPROCESSABLE, CONFLICT = httpx.codes.UNPROCESSABLE_ENTITY, httpx.codes.CONFLICT
DAY = {"0.debut": "09:00", "0.fin": "12:00", "1.debut": "13:00", "1.fin": "17:00"}
WEEK = {f"semaine.{day}.{name}": value for day in range(5) for name, value in DAY.items()}


def now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the application under test has the real clock


def next_monday() -> date:
    """A Monday some weeks from now, with no public holiday in the fortnight that it begins."""
    first = now().date() + timedelta(days=35)
    first += timedelta(days=-first.weekday() % 7)
    while any(holiday(first + timedelta(days=at), "44") for at in range(12)):
        first += timedelta(days=7)
    return first


PERSON = {
    "kind": "pmsmp",
    "beneficiary.first_name": "Zoé",
    "beneficiary.birth_date": "1995-04-02",
    "beneficiary.phone": "06 39 98 12 34",
    "beneficiary.situation": "job_seeker",
    "coverage": "prescriber",
}
COMPANY = {
    "host.siret": "356 000 000 00048",
    "host.name": "Boulangerie du Port",
    "host.address": "3 rue du Port",
    "host.postal_code": "44000",
    "host.city": "Nantes",
    "host.activity": "Boulangerie",
    "host.contact.first_name": "Anne",
    "host.contact.last_name": "Martin",
    "host.contact.function": "Gérante",
    "host.contact.email": "anne@exemple.com",
    "tuteur_meme": "1",
}
ACTIVITY = {
    "activity.job": "Boulanger / Boulangère",
    "activity.job_rome": "D1102",
    "activity.job_label": "Boulanger / Boulangère",
    "activity.objective": "discover",
    "activity.aims": "Voir si les horaires lui conviennent.",
    "activity.assessed_how": "Un bilan le dernier jour.",
    "activity.tasks": "Peser, pétrir, servir.",
    "activity.safety": "Chaussures fermées.",
}


def somebody() -> dict[str, str]:
    """A person whom no other test sends anywhere."""
    name = "".join(secrets.choice("abcdefghij") for _ in range(8))
    own = {"beneficiary.last_name": f"Durand-{name.title()}", "beneficiary.email": f"{name}@exemple.fr"}
    return PERSON | own


def dates(first: date | None = None) -> dict[str, str]:
    """Two weeks from that Monday."""
    start = first or next_monday()
    return {"starts_on": start.isoformat(), "ends_on": (start + timedelta(days=11)).isoformat(), **WEEK}


async def begin(client: httpx.AsyncClient, **given: str) -> str:
    """A draft begun; its address."""
    answer = await client.post("/convention/nouvelle", data=given)
    assert answer.status_code == SEEN, answer.text
    return str(answer.headers["location"])


async def fill(client: httpx.AsyncClient, url: str, agency: int, *parts: str) -> None:
    """Each part by its button, all of them unless some are named."""
    forms = {
        "personne": somebody(),
        "entreprise": COMPANY,
        "activites": ACTIVITY,
        "horaires": dates(),
        "suivi": {"agency": str(agency)},
    }
    for slug, values in forms.items():
        if not parts or slug in parts:
            answer = await client.post(f"{url}/{slug}", data={**values, "action": "continuer"})
            assert answer.status_code == SEEN, answer.text
