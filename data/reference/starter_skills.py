"""Lead the starter skills (`E0001`…) to their official equivalents when the ROME is imported."""

from dataclasses import dataclass

from sqlalchemy import ARRAY, Table, Text, bindparam, func, select, update

from data.reference.skill_labels import OfficialSkills, Skill, equivalents
from data.session import Session
from data.tables import rome_occupation_skills, rome_skills


@dataclass(frozen=True, slots=True)
class Mapped:
    """Starter skills looked at, those that found their equivalent, those by their exact label."""

    total: int = 0
    found: int = 0
    exact: int = 0


async def replace_starter(session: Session, skills: Table, links: Table) -> Mapped:
    """Set `replaced_by` on the starter skills that have none, from the staged official ones.

    To be called before the links of occupations are replaced: they tell which skills may be alike.
    """
    ours = await _read(session, rome_skills, rome_occupation_skills, starter=True)
    if not ours:
        return Mapped()
    official = OfficialSkills(await _read(session, skills, links, starter=False))
    found, exact = equivalents(ours, official)
    if found:
        pairs = select(
            func.unnest(bindparam("ours", list(found), ARRAY(Text))).label("ours"),
            func.unnest(bindparam("theirs", list(found.values()), ARRAY(Text))).label("theirs"),
        ).subquery()
        replaced = update(rome_skills).where(rome_skills.c.code == pairs.c.ours)
        await session.execute(replaced.values(replaced_by=pairs.c.theirs))
    return Mapped(len(ours), len(found), exact)


async def _read(session: Session, skills: Table, links: Table, *, starter: bool) -> list[Skill]:
    romes = func.array_agg(links.c.rome).filter(links.c.rome.is_not(None))
    query = (
        select(skills.c.code, skills.c.label, skills.c.kind, romes)
        .outerjoin(links, links.c.skill == skills.c.code)
        .group_by(skills.c.code, skills.c.label, skills.c.kind)
    )
    if starter:
        query = query.where(skills.c.code.like("E%"), skills.c.replaced_by.is_(None))
    rows = (await session.execute(query)).all()
    return [Skill(code, label, kind, frozenset(occupations or ())) for code, label, kind, occupations in rows]
