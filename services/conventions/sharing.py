"""A draft's link sent by mail to whoever fills a part of it: the person, or the company."""

from dataclasses import replace
from datetime import datetime

from data.queries import conventions
from data.session import Session
from domain.contact_request import coordinates_in
from domain.contacts import is_email, tidy_email
from domain.convention import As, Move
from domain.errors import FieldError, InvalidInputError
from domain.terms import Terms
from services.conventions.draft_links import SIDES, take_back
from services.conventions.drafting import facts_of
from services.conventions.opening import Opened
from services.conventions.whose import unlinked
from services.followups import Event, follow

_NOT_AN_ADDRESS = "Écrivez une adresse e-mail, par exemple prenom.nom@exemple.fr."
_NOT_A_NAME = "Corrigez d’abord les noms de la personne et de l’entreprise : ils contiennent « {} »."

_SENDERS = (As.COUNSELLOR, As.VALIDATOR, As.COMPANY, As.BENEFICIARY)


async def share(session: Session, opened: Opened, side: As, email: str, now: datetime) -> None:
    """Keep the address of a side and send it the link of its part; raises `InvalidInputError` on its field.

    The mail bears the two names, which anybody may have typed: with an address or a number in them it would
    carry anybody's advertising.
    """
    opened.standing.step(Move.WRITE)
    name, tidy = f"email.{side.value}", tidy_email(email).lower()
    if side not in SIDES or not is_email(tidy):
        raise InvalidInputError((FieldError(name, _NOT_AN_ADDRESS, "email"),))
    row = opened.standing.row
    terms = _with_email(row.document, side, tidy)
    if found := coordinates_in(f"{terms.beneficiary.name} {terms.host.name}"):
        raise InvalidInputError((FieldError(name, _NOT_A_NAME.format(found[0]), "coordinates"),))
    if terms != row.document:
        await take_back(session, row.id, row.document, terms, opened.side)
        gone = await unlinked(session, row, terms)
        values = {**facts_of(terms), **gone, "version": row.version + 1}
        await conventions.change(session, row.id, values, now)
    ids = {"convention": str(row.id), "whom": side.value}
    known = opened.standing.whom | ({opened.side} if opened.side else set())
    if sender := next((one for one in _SENDERS if one in known), None):
        ids["as"] = sender.value
    await follow(session, Event.CONVENTION_SHARED, **ids)


def _with_email(terms: Terms, side: As, email: str) -> Terms:
    if side is As.BENEFICIARY:
        return replace(terms, beneficiary=replace(terms.beneficiary, email=email))
    host = terms.host
    return replace(terms, host=replace(host, contact=replace(host.contact, email=email)))
