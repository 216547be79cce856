"""`/api/v1/matching`: occupations from skills, skills and occupations from plain words. Nothing is kept."""

from typing import Annotated

import msgspec
from litestar import post
from litestar.params import JSONBody
from msgspec import Meta

from api.deps import SearchDep
from api.openapi import TEXT_PATTERN, Code, problems, shown
from api.routes.search_answer import SkillOut
from domain.roles import Right
from domain.search import MAX_SKILLS
from services.matching import DEFAULT_LIMIT, MAX_LIMIT, MAX_TEXT, OccupationFound, occupations_for, read_text

Limit = Annotated[int, Meta(ge=1, le=MAX_LIMIT, examples=[10])]


class SkillsIn(msgspec.Struct, forbid_unknown_fields=True):
    """The skills a person has; codes that no referential has count for nothing."""

    skills: Annotated[list[Code], Meta(max_length=MAX_SKILLS, examples=[["100023"]])]
    limit: Limit = DEFAULT_LIMIT


class TextIn(msgspec.Struct, forbid_unknown_fields=True):
    """What a person says of themselves."""

    text: Annotated[
        str,
        Meta(
            pattern=TEXT_PATTERN,
            min_length=1,
            max_length=MAX_TEXT,
            examples=["je tenais la caisse et je mettais les produits en rayon"],
        ),
    ]
    limit: Limit = DEFAULT_LIMIT


class OccupationMatch(msgspec.Struct):
    """An occupation and how it fits."""

    rome: Annotated[str, shown("D1106")]
    label: Annotated[str, shown("Vendeur / Vendeuse en alimentation")]
    affinity: Annotated[float, shown(0.72, "Between 0 and 1, best first")]
    matched: list[SkillOut]
    missing: list[SkillOut]


class SkillSaidOut(msgspec.Struct):
    """A skill recognised in the text, to be confirmed by the person."""

    ogr: Annotated[str, shown("100023")]
    label: Annotated[str, shown("Encaisser le montant d'une vente")]
    span: Annotated[list[int], shown([3, 18], "Characters [start, end) of the text that say it")]


class TextOut(msgspec.Struct):
    """What a text tells."""

    skills: list[SkillSaidOut]
    occupations: list[OccupationMatch]


def _match(found: OccupationFound) -> OccupationMatch:
    return OccupationMatch(
        rome=found.rome,
        label=found.label,
        affinity=round(found.affinity, 6),
        matched=[SkillOut(one.code, one.label) for one in found.matched],
        missing=[SkillOut(one.code, one.label) for one in found.missing],
    )


@post(
    "/matching/occupations",
    right=Right.ANYONE,
    status_code=200,
    responses=problems(403, 413),
    summary="Métiers d’après des compétences",
)
async def match_occupations(data: JSONBody[SkillsIn], search: SearchDep) -> list[OccupationMatch]:
    """The occupations that best explain the skills given."""
    return [_match(found) for found in occupations_for(search, data.skills, data.limit)]


@post(
    "/matching/text",
    right=Right.ANYONE,
    status_code=200,
    responses=problems(403, 413),
    summary="Compétences d’après ses mots",
)
async def match_text(data: JSONBody[TextIn], search: SearchDep) -> TextOut:
    """Skills and occupations read in plain words."""
    read = read_text(search, data.text, data.limit)
    skills = [SkillSaidOut(one.code, one.label, [one.start, one.end]) for one in read.skills]
    return TextOut(skills, [_match(found) for found in read.occupations])


HANDLERS = [match_occupations, match_text]
