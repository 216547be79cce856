"""`/api/v1/agencies/proposals`: who may accompany a person, from their commune and their situation."""

from typing import Annotated

import msgspec
from litestar import post
from litestar.params import JSONBody
from msgspec import Meta

from api.deps import NowDep, SessionDep
from api.openapi import problems, shown
from domain.agency import AgencyKind, Situation
from domain.roles import Right
from services.agencies import Proposed, propose

Insee = Annotated[str, Meta(pattern="^(?:[0-9]{2}|2[AB])[0-9]{3}$", examples=["44109"])]


class ProposalsIn(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Where the person lives, and their situation: in the body, since it may tell of a disability."""

    insee: Insee
    situation: Annotated[Situation, shown("young", "What decides whose mission it is to accompany them")]


class AgencyOut(msgspec.Struct, kw_only=True):
    """An agency to turn to, the likeliest first."""

    id: Annotated[int, shown(7)]
    name: Annotated[str, shown("Mission locale de Nantes")]
    kind: Annotated[AgencyKind, shown("mission_locale")]
    kind_label: Annotated[str, shown("Mission locale")]
    address: Annotated[str, shown("3 rue du Pont")]
    postal_code: Annotated[str, shown("44000")]
    city: Annotated[str, shown("Nantes")]
    contact_email: Annotated[str, shown("accueil@mission-locale.example")]
    contact_phone: Annotated[str, shown("+33199001234", "E.164, empty when there is none")]
    distance_km: Annotated[float | None, shown(2.4, "From the commune's centre; null when unknown")]


def _out(one: Proposed) -> AgencyOut:
    agency = one.agency
    return AgencyOut(
        id=agency.id,
        name=agency.name,
        kind=agency.kind,
        kind_label=agency.kind_said,
        address=agency.address,
        postal_code=agency.postal_code,
        city=agency.city,
        contact_email=agency.contact_email,
        contact_phone=agency.contact_phone,
        distance_km=None if one.distance_km is None else round(one.distance_km, 1),
    )


@post(
    "/agencies/proposals",
    right=Right.ANYONE,
    status_code=200,
    responses=problems(),
    summary="Qui peut accompagner une personne",
)
async def proposals(session: SessionDep, data: JSONBody[ProposalsIn], now: NowDep) -> list[AgencyOut]:
    """Active agencies that cover the commune; none when no agency there uses Escale yet."""
    return [_out(one) for one in await propose(session, data.insee, data.situation, now.date())]


HANDLERS = [proposals]
