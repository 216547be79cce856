"""Small files of companies, in our own format."""

import csv
import io
from pathlib import Path

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from data.reference.mapping import COLUMNS
from data.tables import communes, rome_appellations, rome_occupations

FIRST, SECOND, THIRD = "99900440100017", "99900657000017", "99900900400014"
"""Three SIRETs that pass their check and belong to nobody."""

VOLUNTEER = {
    "siret": FIRST,
    "name": "Le Fournil",
    "naf": "10.71C",
    "headcount": "02",
    "website": "fournil.example",
    "contact_mode": "email",
    "contact_name": "Ada Martin",
    "contact_job": "Gérante",
    "contact_email": "ada@fournil.example",
    "contact_phone": "06 39 98 12 34",
    "for_pupils": "oui",
    "engaged": "1",
    "max_contacts_per_month": "3",
    "address": "4 rue du Four",
    "postal_code": "57000",
    "city": "Metz",
    "insee": "57463",
    "lat": "49.12",
    "lon": "6.18",
    "offers": "D1102;Ouvrier boulanger / Ouvrière boulangère;on_site|D1104",
}
POTENTIEL = {
    "siret": SECOND,
    "name": "Espaces Verts SA",
    "naf": "8130Z",
    "postal_code": "57000",
    "city": "METZ",
}


def as_text(*rows: dict[str, str], columns: tuple[str, ...] = COLUMNS, delimiter: str = ",") -> str:
    """The rows under our header, absent columns empty."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, restval="", delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def write_companies(path: Path, *rows: dict[str, str]) -> Path:
    """Write the rows as a file in our format; gives its path."""
    path.write_text(as_text(*rows), encoding="utf-8")
    return path


async def add_places_and_jobs(session: AsyncSession) -> None:
    """The communes and occupations these files refer to."""
    metz = {"department": "57", "population": 1, "lat": 49.1193, "lon": 6.1757}
    rows = [
        {"insee": "57463", "name": "Metz", "postal_codes": ["57000", "57050"], **metz, "kind": "commune"},
        {"insee": "57412", "name": "Lorry-lès-Metz", "postal_codes": ["57050"], **metz, "kind": "commune"},
        {"insee": "57751", "name": "Woippy", "postal_codes": ["57140"], **metz, "kind": "commune"},
        {
            "insee": "75056",
            "name": "Paris",
            "postal_codes": ["75001", "75012"],
            "department": "75",
            "population": 2,
            "lat": 48.8566,
            "lon": 2.3429,
            "kind": "commune",
        },
        {
            "insee": "75112",
            "name": "Paris 12e Arrondissement",
            "postal_codes": ["75012"],
            "department": "75",
            "population": 1,
            "lat": 48.83,
            "lon": 2.42,
            "kind": "arrondissement",
        },
    ]
    await session.execute(insert(communes), rows)
    codes = {"D1102": "Boulanger / Boulangère", "D1104": "Pâtissier / Pâtissière", "A1203": "Espaces verts"}
    await session.execute(
        insert(rome_occupations), [{"code": code, "label": label} for code, label in codes.items()]
    )
    gone = {"code": "D1199", "label": "Métier retiré", "retired": True}
    await session.execute(insert(rome_occupations), [gone])
    appellation = {"ogr": "11574", "rome": "D1102", "label": "Ouvrier boulanger / Ouvrière boulangère"}
    await session.execute(insert(rome_appellations), [{**appellation, "short_label": "Ouvrier boulanger"}])
