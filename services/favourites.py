"""Companies put aside by a person, or for them by who accompanies them: both see the same list."""

import csv
import io
from datetime import datetime
from uuid import UUID

from data.queries import saved
from data.queries.saved import FavouriteRow
from data.session import ReadSession, Session
from domain.errors import ConflictError, FieldError, InvalidInputError, NotFoundError
from domain.french import french_date
from domain.roles import Actor, require_account
from domain.saved import MAX_FAVOURITES, MAX_NOTE
from domain.values import clean_line
from services.accounts.own_passport import file_of

_GONE = "Cette entreprise n’est plus dans l’annuaire."
_MANY = f"Vous avez déjà {MAX_FAVOURITES} favoris. Retirez-en un pour en ajouter un autre."
COLUMNS = ("Entreprise", "SIRET", "Ville", "Métiers", "Note", "Ajoutée le", "Par")
_FORMULA = ("=", "+", "-", "@", "\t")


async def mine(session: ReadSession, actor: Actor) -> tuple[FavouriteRow, ...]:
    """One's favourites, or those of the person whose file is open."""
    person = _person(actor)
    return await saved.favourites_of(session, person) if person else ()


async def put_aside(session: Session, actor: Actor, siret: str, rome: str, note: str, now: datetime) -> None:
    """Put a company aside; raises `NotFoundError`, `ConflictError` when there are too many."""
    said = clean_line(note)
    if len(said) > MAX_NOTE:
        message = f"Raccourcissez à {MAX_NOTE} caractères au plus."
        raise InvalidInputError((FieldError("note", message, "too_long"),))
    company = await saved.company_of(session, siret)
    if company is None:
        raise NotFoundError(_GONE)
    user = require_account(actor)
    person = _person(actor) or await file_of(session, user, now)
    if await saved.count_favourites(session, person) >= MAX_FAVOURITES:
        raise ConflictError(_MANY)
    values = {"beneficiary_id": person, "company_id": company, "rome": rome, "note": said}
    by = user if actor.acting else None
    await saved.put_aside(session, {**values, "added_by": by, "added_at": now})


async def take_away(session: Session, actor: Actor, company: int) -> None:
    """Forget a favourite; twice is the same."""
    person = _person(actor)
    if person is not None:
        await saved.take_away(session, person, company)


def as_csv(rows: tuple[FavouriteRow, ...]) -> bytes:
    """A file that spreadsheets open with their accents; no cell starts a formula."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_plain(cell) for cell in cells(row)])
    return written.getvalue().encode("utf-8-sig")


def cells(row: FavouriteRow) -> tuple[str, ...]:
    """A favourite as a line of a table, in the order of `COLUMNS`."""
    day = french_date(row.added_at)
    return (row.company, row.siret, row.city, row.jobs, row.note, day, row.added_by)


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _person(actor: Actor) -> UUID | None:
    return actor.acting.beneficiary if actor.acting else actor.beneficiary
