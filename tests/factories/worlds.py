"""Small worlds in memory for the ranking: occupations of the test referential, invented places."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from domain.search import ContactMode, Criteria, DisabledFit, RemoteMode
from domain.values import Point
from matching.index import OfferIndex
from matching.occupations import OccupationRows, Occupations
from matching.records import CONTACTS, DISABLED, MODES, NO_RECORDS, Records
from matching.terms import day_number
from tests.factories.reference import DIVISIONS, LINKS, MOBILITIES, OCCUPATIONS, SKILLS, skill

TODAY = date(2026, 3, 10)
NANTES = Point(47.2184, -1.5536)
NEVER = np.iinfo(np.int32).min


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A company at a place, with its jobs: ROME codes, or a NAF division for a « potentiel »."""

    place: int
    lat: float = NANTES.lat
    lon: float = NANTES.lon
    jobs: tuple[str, ...] = ("D1102",)
    mode: RemoteMode = RemoteMode.ON_SITE
    company: int = 0
    contact: ContactMode = ContactMode.EMAIL
    disabled: DisabledFit = DisabledFit.NO
    headcount: str = "NN"
    division: str = "56"
    engaged: bool = False
    for_job_seekers: bool = True
    for_pupils: bool = False
    age_days: int = 0
    paused_until: date | None = None
    registered_days: int = 365
    quota: int = 6
    contacts: int = 0
    asked: int = 0
    answered: int = 0
    delay_hours: float = 0.0
    """Of all the answers together."""
    hired: int = 0


def some_occupations() -> Occupations:
    """The occupations of the test referential."""
    kinds = [(code, "savoir_faire", None) for code in SKILLS]
    return Occupations(
        OccupationRows(
            occupations=list(OCCUPATIONS.items()),
            skills=[*kinds, ("E0001", "savoir_faire", skill(0))],
            links=[(link.rome, link.skill, link.core) for link in LINKS],
            mobilities=MOBILITIES,
            divisions=[(division, rome) for division, romes in DIVISIONS.items() for rome in romes],
        ),
    )


def records_of(spots: Iterable[Spot]) -> Records:
    """Spots as PostgreSQL would send them."""
    rows = [(spot, job) for spot in spots for job in spot.jobs]
    records = np.zeros(len(rows), NO_RECORDS.dtype)
    for record, (spot, job) in zip(records, rows, strict=True):
        record["company"], record["place"] = spot.company or spot.place, spot.place
        record["lat"], record["lon"], record["job"] = spot.lat, spot.lon, job.ljust(5).encode()
        record["mode"] = MODES.index(spot.mode) + 1
        record["contact"] = CONTACTS.index(spot.contact) + 1
        record["disabled"] = DISABLED.index(spot.disabled) + 1
        record["headcount"], record["division"] = spot.headcount.encode(), spot.division.encode()
        record["engaged"], record["for_job_seekers"] = spot.engaged, spot.for_job_seekers
        record["for_pupils"] = spot.for_pupils
        record["updated"] = day_number(TODAY) - spot.age_days
        record["created"] = day_number(TODAY) - spot.registered_days
        record["quota"], record["contacts"], record["hired"] = spot.quota, spot.contacts, spot.hired
        record["asked"], record["answered"], record["delay"] = spot.asked, spot.answered, spot.delay_hours
        record["paused"] = NEVER if spot.paused_until is None else day_number(spot.paused_until)
    return records


def index_of(occupations: Occupations, spots: Sequence[Spot]) -> OfferIndex:
    """An index of these spots alone."""
    index = OfferIndex(occupations.job_codes())
    index.load(records_of(spots))
    return index


def asking(**values: object) -> Criteria:
    """A search made on the test's day, from Nantes unless said otherwise."""
    return Criteria(**({"today": TODAY, "place": NANTES} | values))  # type: ignore[arg-type]
