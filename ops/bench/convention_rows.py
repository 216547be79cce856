"""Invented conventions of one agency, two years of them: most are validated, some wait, some are late."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from data.queries.conventions import canonical_terms, plain
from domain.agency import Situation
from domain.chain import START
from domain.convention import SIGNABLE, As, Status
from domain.schedule import WEEKDAYS
from domain.schedule_pattern import WeeklyPattern, draw
from domain.search import Objective
from domain.terms import Activity, Beneficiary, Contact, Host, Terms
from services.conventions.drafting import facts_of, new_reference

SEED = 20261121
LAST_NAMES = (
    *("Martin", "Bernard", "Dubois", "Durand", "Moreau", "Laurent", "Lefebvre", "Leroy", "Roux", "Fontaine"),
    *("Chevalier", "Gauthier", "Perrin", "Robin", "Clément", "Faure", "Nguyen", "Diallo", "Benali", "Kaya"),
)
FIRST_NAMES = (
    "Zoé",
    "Inès",
    "Hugo",
    "Léa",
    "Paul",
    "Amina",
    "Yanis",
    "Chloé",
    "Lucas",
    "Fatou",
    "Adam",
    "Rose",
)
_TRADES = ("Boulangerie", "Garage", "Crèche", "Menuiserie", "Librairie", "Hôtel", "Clinique", "Primeur")
_SHARES = {
    Status.DRAFT: 5,
    Status.TO_SIGN: 4,
    Status.PARTLY_SIGNED: 2,
    Status.IN_REVIEW: 3,
    Status.PRE_APPROVED: 1,
    Status.VALIDATED: 75,
    Status.REJECTED: 4,
    Status.CANCELLED: 3,
    Status.EXPIRED: 3,
}
_DAY = ((time(9), time(12)), (time(13), time(17)))
WEEK = WeeklyPattern(week=(_DAY,) * 5 + ((),) * (len(WEEKDAYS) - 5))
_LENGTH = timedelta(days=11)
_BORN = date(1990, 1, 1)


def invented(number: int, status: Status, rng: random.Random, today: date) -> tuple[Terms, datetime]:
    """A whole document, and when it was sent: what is over began up to two years ago."""
    waits = status in SIGNABLE or status in {Status.DRAFT, Status.IN_REVIEW, Status.PRE_APPROVED}
    first = today + timedelta(days=rng.randint(1, 40) if waits else rng.randint(-700, 20))
    first -= timedelta(days=first.weekday())
    person = f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}".split()
    trade = f"{rng.choice(_TRADES)} {rng.choice(LAST_NAMES)}"
    contact = Contact(
        first_name="Anne", last_name="Petit", function="Gérante", email="gerante@mesure.example"
    )
    terms = Terms(
        beneficiary=Beneficiary(
            first_name=person[0],
            last_name=person[1],
            birth_date=_BORN + timedelta(days=rng.randint(0, 6000)),
            email=f"personne{number}@mesure.example",
            situation=Situation.JOB_SEEKER,
        ),
        host=Host(
            siret=f"{number:014d}",
            name=trade,
            address="1 rue des Essais",
            postal_code="75001",
            city="Paris",
            activity="Commerce",
            contact=contact,
            tutor=replace(contact, email="tuteur@mesure.example"),
        ),
        activity=Activity(
            rome="D1102",
            job="Boulanger, boulangère",
            objective=Objective.DISCOVER,
            aims="Voir si les horaires et le travail lui conviennent. " * 3,
            assessed_how="Un entretien à mi-parcours et un bilan le dernier jour.",
            tasks="Préparer, fabriquer, servir avec la personne qui accueille. " * 3,
            safety="Chaussures fermées ; consignes données le premier jour.",
        ),
        starts_on=first,
        ends_on=first + _LENGTH,
        schedule=draw(WEEK, first, first + _LENGTH, "75"),
    )
    sent = datetime.combine(first, time(9), UTC) - timedelta(days=rng.randint(8, 30))
    return terms, min(sent, datetime.combine(today, time(), UTC))


def _rows(count: int, agency: int, counsellors: list[UUID], today: date) -> Iterator[dict[str, Any]]:
    rng = random.Random(SEED)  # noqa: S311 - invented data
    statuses = rng.choices(list(_SHARES), list(_SHARES.values()), k=count)
    for number, status in enumerate(statuses, 1):
        terms, sent = invented(number, status, rng, today)
        validated = status in {Status.VALIDATED, Status.CANCELLED}
        yield {
            **facts_of(terms),
            "id": uuid4(),
            "terms": json.dumps(plain(terms)),
            "text": canonical_terms(terms).decode(),
            "reference": new_reference(),
            "status": status.value,
            "status_at": sent + timedelta(days=rng.randint(0, 6)),
            "chain_head": START,
            "agency_id": agency,
            "counsellor_id": rng.choice(counsellors),
            "created_at": sent,
            "updated_at": sent,
            "submitted_at": None if status is Status.DRAFT else sent,
            "validated_at": sent + timedelta(days=3) if validated else None,
            "deposited_at": sent + timedelta(days=4) if validated and rng.random() < 0.97 else None,  # noqa: PLR2004 - some wait
        }


async def fill(database_url: str, count: int, agency: int, counsellors: list[UUID], today: date) -> None:
    """Write that many conventions of the agency, with who signs them and their assessments."""
    rows = list(_rows(count, agency, counsellors, today))
    columns = [name for name in rows[0] if name != "text"]
    connection = await asyncpg.connect(database_url)
    try:
        await connection.copy_records_to_table(
            "conventions", columns=columns, records=[tuple(row[name] for name in columns) for row in rows]
        )
        sent = [row for row in rows if row["submitted_at"]]
        await connection.copy_records_to_table(
            "convention_versions",
            columns=("convention_id", "version", "terms", "sha256", "at"),
            records=[(row["id"], 1, row["text"], bytes(32), row["submitted_at"]) for row in sent],
        )
        await connection.copy_records_to_table(
            "convention_signatories",
            columns=("convention_id", "whom", "email", "signed_at", "signed_version", "channel"),
            records=[_signatory(row, whom) for row in sent for whom in (As.BENEFICIARY, As.COMPANY)],
        )
        done = [row for row in rows if row["status"] == Status.VALIDATED and row["ends_on"] < today]
        await connection.copy_records_to_table(
            "assessments",
            columns=("convention_id", "outcome", "company_at", "updated_at"),
            records=[(row["id"], "completed", row["updated_at"], row["updated_at"]) for row in done[::2]],
        )
        await connection.execute("VACUUM ANALYZE conventions, convention_versions, convention_signatories")
        await connection.execute("VACUUM ANALYZE assessments")
    finally:
        await connection.close()


def _signatory(row: dict[str, Any], whom: As) -> tuple[object, ...]:
    half = row["status"] == Status.PARTLY_SIGNED and whom is As.COMPANY
    unsigned = row["status"] == Status.TO_SIGN or half
    email = f"{whom.value}@mesure.example"
    if unsigned:
        return row["id"], whom.value, email, None, None, None
    return row["id"], whom.value, email, row["submitted_at"], 1, "email"
