"""The referentials as plain rows, for the parts of the search that live in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Executable, select, text

from data.session import ReadSession
from data.tables import (
    naf_rome,
    reference_imports,
    rome_appellations,
    rome_mobilities,
    rome_occupations,
    rome_skills,
    rome_words,
)

Rows = Sequence[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """Rows of each referential; what is retired is kept where offers or passports may refer to it.

    `occupations` (code, label, retired); `skills` (code, label, kind, replaced_by, retired, is_macro,
    macro);
    `links` (occupation, skill, core); `mobilities` (occupation, target, rank); `divisions` (division,
    occupation); `appellations` (ogr, occupation, label, rare, retired); `words` (word, occupation);
    `places` (insee, name, kind, postal codes, department, department's name, population, lat, lon);
    `definitions` (occupation, sentences).
    """

    occupations: Rows
    skills: Rows
    links: Rows
    mobilities: Rows
    divisions: Rows
    appellations: Rows
    words: Rows
    places: Rows
    definitions: Rows
    versions: Mapping[str, str]
    """Version of each referential, with the moment it was imported: equal when nothing changed."""


_O, _S, _M = rome_occupations.c, rome_skills.c, rome_mobilities.c
_A, _W, _N = rome_appellations.c, rome_words.c, naf_rome.c

_PLACES = text(
    "SELECT c.insee, c.name, c.kind, c.postal_codes, c.department, coalesce(d.name, ''), c.population,"
    " c.lat, c.lon FROM communes c LEFT JOIN departments d ON d.code = c.department WHERE NOT c.retired",
)
_LINKS = text("SELECT rome, array_agg(skill), array_agg(core) FROM rome_occupation_skills GROUP BY rome")
"""As text, so that SQLAlchemy has no type to convert 35,000 arrays for; a row an occupation for the
90,000 links, whose arrays asyncpg reads in one go."""


async def catalog(session: ReadSession) -> Catalog:
    """Everything, read in the session's snapshot (some 200,000 rows with the full ROME)."""

    async def rows(query: Executable) -> Rows:
        found: Rows = (await session.execute(query)).all()
        return found

    return Catalog(
        occupations=await rows(select(_O.code, _O.label, _O.retired)),
        skills=await rows(
            select(_S.code, _S.label, _S.kind, _S.replaced_by, _S.retired, _S.is_macro, _S.macro)
        ),
        links=[
            (rome, skill, core)
            for rome, skills, cores in await rows(_LINKS)
            for skill, core in zip(skills, cores, strict=True)
        ],
        mobilities=await rows(select(_M.rome, _M.target, _M.rank)),
        divisions=await rows(select(_N.division, _N.rome)),
        appellations=await rows(select(_A.ogr, _A.rome, _A.label, _A.rare, _A.retired)),
        words=await rows(select(_W.word, _W.rome)),
        places=await rows(_PLACES),
        definitions=await rows(select(_O.code, _O.definition).where(_O.definition != "")),
        versions=await versions(session),
    )


async def versions(session: ReadSession) -> Mapping[str, str]:
    """Version and moment of the last import of each referential, by kind."""
    columns = reference_imports.c
    query = select(columns.kind, columns.version, columns.imported_at).where(columns.kind != "companies")
    return {kind: f"{version} {moment.isoformat()}" for kind, version, moment in await session.execute(query)}
