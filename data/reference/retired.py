"""Which retired codes something still refers to, so that a person can mend it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, String, Table, and_, func, literal, select, union_all

from data.reference.report import MAX_LISTED, RetiredUse
from data.session import ReadSession
from data.tables import (
    naf_rome,
    offers,
    passports,
    rome_appellations,
    rome_occupations,
    rome_skills,
    rome_words,
)

_Uses = Select[tuple[str, str, str, int]]


async def rome_uses(session: ReadSession) -> tuple[tuple[RetiredUse, ...], int]:
    """Retired occupations, appellations and skills in use, by code (the first 1,000), and how many.

    A starter skill that has its official equivalent is not one: readers follow the replacement.
    """
    queries = [
        _by_column(rome_occupations, "code", offers, "rome", "offres"),
        _by_column(rome_occupations, "code", rome_words, "rome", "mots courants"),
        _by_column(rome_occupations, "code", naf_rome, "rome", "liens NAF"),
        _by_column(rome_appellations, "ogr", offers, "appellation", "offres"),
        _by_array(offers, "offres"),
        _by_array(passports, "passeports"),
    ]
    rows = (await session.execute(union_all(*queries).order_by("code", "place"))).all()
    return _grouped(rows)


def _by_column(referential: Table, key: str, user: Table, column: str, place: str) -> _Uses:
    code = referential.c[key]
    return (
        select(
            code.label("code"),
            referential.c.label.label("label"),
            literal(place, String).label("place"),
            func.count().label("uses"),
        )
        .join_from(referential, user, user.c[column] == code)
        .where(referential.c.retired)
        .group_by(code, referential.c.label)
    )


def _by_array(user: Table, place: str) -> _Uses:
    listed = select(func.unnest(user.c.skills).label("skill")).subquery()
    alone = and_(rome_skills.c.retired, rome_skills.c.replaced_by.is_(None))
    return (
        select(
            rome_skills.c.code.label("code"),
            rome_skills.c.label.label("label"),
            literal(place, String).label("place"),
            func.count().label("uses"),
        )
        .join_from(rome_skills, listed, listed.c.skill == rome_skills.c.code)
        .where(alone)
        .group_by(rome_skills.c.code, rome_skills.c.label)
    )


def _grouped(rows: Sequence[Row[Any]]) -> tuple[tuple[RetiredUse, ...], int]:
    labels: dict[str, str] = {row.code: row.label for row in rows}
    uses: dict[str, dict[str, int]] = {code: {} for code in labels}
    for row in rows:
        uses[row.code][row.place] = row.uses
    listed = tuple(RetiredUse(code, labels[code], uses[code]) for code in list(labels)[:MAX_LISTED])
    return listed, len(labels)
