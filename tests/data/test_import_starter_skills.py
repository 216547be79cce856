"""Starter skills lead to their official equivalents: by label, then by words, never by guess."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from data.reference.rome import import_rome
from data.reference.skill_labels import OfficialSkills, Skill, equivalents, meaning
from data.tables import passports, rome_occupation_skills, rome_occupations, rome_skills
from tests.factories.official import write_rome

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


def skill(code: str, label: str, kind: str = "savoir_faire", *occupations: str) -> Skill:
    return Skill(code, label, kind, frozenset(occupations))


OFFICIAL = OfficialSkills(
    [
        skill("1", "Effectuer des rondes de surveillance", "savoir_faire", "K2503"),
        skill("2", "Préparer un revêtement mural", "savoir_faire", "F1609"),
        skill("3", "Electricité", "savoir", "F1602"),
        skill("4", "Evacuer et trier des déchets, des produits", "savoir_faire", "K2303"),
        skill("5", "Rondes de surveillance", "savoir", "K2503"),
        skill("6", "Informatique", "savoir", "M1801"),
        skill("7", "Faire preuve d'autonomie", "savoir_etre", "M1801"),
        skill("8", "Etre à l'écoute, faire preuve d'empathie", "savoir_etre", "M1801"),
        skill("9", "Inspirer, donner du sens", "savoir_etre", "M1801"),
    ]
)


@pytest.mark.parametrize(
    ("ours", "official"),
    [
        (skill("E0001", "effectuer des RONDES de surveillance", "savoir_faire"), "1"),
        (skill("E0001", "Faire une ronde de surveillance", "savoir_faire", "K2503"), "1"),
        (skill("E0001", "Trier et évacuer les déchets", "savoir_faire", "K2303"), "4"),
        (skill("E0001", "Bases de l'électricité", "savoir", "F1602"), "3"),
        (skill("E0001", "Être autonome", "savoir_etre", "A1203"), "7"),
        (skill("E0001", "Être à l'écoute", "savoir_etre", "M1801"), "8"),
    ],
)
def test_the_same_skill_is_recognised(ours: Skill, official: str) -> None:
    assert equivalents([ours], OFFICIAL)[0] == {"E0001": official}


@pytest.mark.parametrize(
    "ours",
    [
        skill("E0001", "Poser un revêtement mural", "savoir_faire", "F1609"),
        skill("E0001", "Faire une ronde de surveillance", "savoir_faire", "A1203"),
        skill("E0001", "Effectuer des rondes de surveillance", "savoir_etre", "K2503"),
        skill("E0001", "Sécurité informatique", "savoir", "M1801"),
        skill("E0001", "De la technique", "savoir", "M1801"),
        skill("E0001", "Inspirer confiance", "savoir_etre", "M1801"),
        skill("E0001", "Avoir de l'esprit", "savoir_etre", "M1801"),
    ],
    ids=["verb", "occupation", "kind", "narrower", "no meaning", "other attitude", "no attitude"],
)
def test_a_near_one_is_not(ours: Skill) -> None:
    assert equivalents([ours], OFFICIAL) == ({}, 0)


def test_meaning_drops_what_says_nothing() -> None:
    assert meaning("Réaliser les bases de la maçonnerie") == ("faire", "maconnerie")


async def test_an_import_replaces_starter_skills(session: AsyncSession, tmp_path: Path) -> None:
    occupations = [{"code": "A1203", "label": "Espaces verts"}, {"code": "D1102", "label": "Boulangerie"}]
    await session.execute(insert(rome_occupations), occupations)
    ours = {
        "E0001": ("Pétrir une pate", "savoir_faire", "D1102"),
        "E0002": ("Faire une ronde de surveillance", "savoir_faire", "A1203"),
        "E0003": ("Décorer une vitrine", "savoir_faire", "D1102"),
    }
    rows = [{"code": code, "label": label, "kind": kind} for code, (label, kind, _) in ours.items()]
    await session.execute(insert(rome_skills), rows)
    links = [{"rome": rome, "skill": code} for code, (_, _, rome) in ours.items()]
    await session.execute(insert(rome_occupation_skills), links)
    values = {"token_hash": b"t" * 32, "created_at": NOW, "seen_at": NOW}
    await session.execute(insert(passports).values(skills=["E0001", "E0003"], **values))

    folder = write_rome(tmp_path / "rome")
    report = await import_rome(session, folder, NOW)

    query = select(rome_skills.c.code, rome_skills.c.replaced_by, rome_skills.c.retired)
    starter = (await session.execute(query.where(rome_skills.c.code.like("E%")))).all()
    assert {tuple(row) for row in starter} == {
        ("E0001", "100", True),
        ("E0002", "102", True),
        ("E0003", None, True),
    }
    assert report.notes == (
        "2 compétences de départ sur 3 ont leur équivalent officiel (1 par leur libellé exact).",
    )
    assert [(use.code, use.uses) for use in report.retired_in_use] == [("E0003", {"passeports": 1})]
    assert (await session.execute(select(passports.c.skills))).scalar_one() == ["E0001", "E0003"]
    linked = select(rome_occupation_skills.c.skill).where(rome_occupation_skills.c.skill.like("E%"))
    assert (await session.execute(linked)).all() == []
    assert not (await import_rome(session, folder, NOW)).changed
