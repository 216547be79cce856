"""A small referential: ten occupations in three families, thirty skills, a few communes."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from data.tables import (
    communes,
    departments,
    naf_codes,
    naf_divisions,
    naf_rome,
    reference_imports,
    rome_appellations,
    rome_mobilities,
    rome_occupation_skills,
    rome_occupations,
    rome_skills,
    rome_words,
)

OCCUPATIONS = {
    "A1203": "Agent / Agente d'entretien des espaces verts",
    "A1208": "Jardinier / Jardinière paysagiste",
    "D1102": "Boulanger / Boulangère",
    "D1104": "Pâtissier / Pâtissière",
    "D1106": "Vendeur / Vendeuse en alimentation",
    "D1505": "Hôte / Hôtesse de caisse",
    "G1602": "Cuisinier / Cuisinière",
    "G1803": "Serveur / Serveuse en restauration",
    "K1303": "Assistant maternel / Assistante maternelle",
    "K2204": "Agent / Agente de nettoyage",
}
"""K1303 has no skills: it is found by its words and its family alone."""

SKILLS = {f"{100000 + at}": label for at, label in enumerate((
    "Tailler une haie", "Tondre une pelouse", "Planter des végétaux", "Désherber un massif",
    "Pétrir une pâte", "Façonner des pains", "Conduire une fermentation", "Cuire au four",
    "Monter une crème", "Décorer un gâteau", "Tempérer du chocolat", "Conseiller un client",
    "Encaisser le montant d'une vente", "Mettre en rayon", "Tenir une caisse", "Rendre la monnaie",
    "Éplucher des légumes", "Dresser une assiette", "Cuire une viande", "Gérer un service",
    "Prendre une commande", "Porter un plateau", "Nettoyer des surfaces", "Utiliser une autolaveuse",
    "Trier des déchets", "Travailler en équipe", "Être à l'écoute", "Règles d'hygiène alimentaire",
    "Botanique", "Gestes et postures",
))}  # fmt: skip

_USES = {
    "A1203": ((0, 1, 2, 3), (24, 25, 28, 29)),
    "A1208": ((0, 2, 3, 28), (1, 25, 26, 29)),
    "D1102": ((4, 5, 6, 7), (12, 25, 27)),
    "D1104": ((7, 8, 9, 10), (4, 25, 27)),
    "D1106": ((11, 12, 13), (14, 25, 26, 27)),
    "D1505": ((12, 14, 15), (13, 25, 26)),
    "G1602": ((16, 17, 18, 27), (7, 25, 22)),
    "G1803": ((19, 20, 21), (12, 25, 26)),
    "K2204": ((22, 23, 24), (25, 29)),
}
"""Occupation → positions of its core skills, then of the others."""

DIVISIONS = {
    "10": ("D1102", "D1104"),
    "47": ("D1106", "D1505"),
    "56": ("G1602", "G1803"),
    "81": ("K2204", "A1203"),
}
DIVISION_LABELS = {
    "10": "Industries alimentaires",
    "47": "Commerce de détail",
    "56": "Restauration",
    "81": "Services relatifs aux bâtiments et aménagement paysager",
    "99": "Activités des organisations extraterritoriales",
}
COMMUNES = (
    ("44109", "Nantes", ["44000", "44100", "44200", "44300"], "44", 325070, 47.2184, -1.5536),
    ("44184", "Saint-Nazaire", ["44600"], "44", 72299, 47.2735, -2.2137),
    ("44143", "Rezé", ["44400"], "44", 43276, 47.1830, -1.5490),
    ("57463", "Metz", ["57000", "57050"], "57", 120874, 49.1193, 6.1757),
    ("97411", "Saint-Denis", ["97400"], "974", 153001, -20.8789, 55.4481),
    ("93066", "Saint-Denis", ["93200", "93210"], "93", 113942, 48.9362, 2.3574),
)
WORDS = (("nounou", "K1303"), ("caissière", "D1505"), ("cuistot", "G1602"), ("ménage", "K2204"))
MOBILITIES = (("D1102", "D1104", 1), ("D1106", "D1505", 1), ("G1803", "G1602", 2))


def skill(position: int) -> str:
    """Code of a skill by its position in `SKILLS`."""
    return str(100000 + position)


@dataclass(frozen=True, slots=True)
class Link:
    """A skill of an occupation."""

    rome: str
    skill: str
    core: bool


LINKS = tuple(
    Link(rome, skill(position), core)
    for rome, parts in _USES.items()
    for core, positions in zip((True, False), parts, strict=True)
    for position in positions
)


async def add_reference(session: AsyncSession) -> None:
    """Write the small referential; the caller commits."""
    await _add_rome(session)
    await session.execute(
        insert(naf_divisions),
        [{"code": code, "label": label} for code, label in DIVISION_LABELS.items()],
    )
    await session.execute(
        insert(naf_codes),
        [
            {"code": "56.10A", "label": "Restauration traditionnelle", "division": "56"},
            {"code": "10.71C", "label": "Boulangerie et boulangerie-pâtisserie", "division": "10"},
        ],
    )
    pairs = [{"division": division, "rome": rome} for division, romes in DIVISIONS.items() for rome in romes]
    await session.execute(insert(naf_rome), pairs)
    names = {"44": "Loire-Atlantique", "57": "Moselle", "974": "La Réunion", "93": "Seine-Saint-Denis"}
    await session.execute(
        insert(departments),
        [{"code": code, "name": name, "region": "X"} for code, name in names.items()],
    )
    columns = ("insee", "name", "postal_codes", "department", "population", "lat", "lon")
    await session.execute(insert(communes), [dict(zip(columns, row, strict=True)) for row in COMMUNES])
    moment = datetime(2026, 1, 5, tzinfo=UTC)
    imported: list[dict[str, object]] = [
        {"kind": kind, "version": "test", "imported_at": moment, "report": {}}
        for kind in ("rome", "naf", "communes")
    ]
    await session.execute(insert(reference_imports), imported)


async def _add_rome(session: AsyncSession) -> None:
    await session.execute(
        insert(rome_occupations),
        [{"code": code, "label": label} for code, label in OCCUPATIONS.items()],
    )
    kinds = {25: "savoir_etre", 26: "savoir_etre", 27: "savoir", 28: "savoir", 29: "savoir"}
    skills = [
        {"code": code, "label": label, "kind": kinds.get(at, "savoir_faire"), "replaced_by": None}
        for at, (code, label) in enumerate(SKILLS.items())
    ]
    starter = {"code": "E0001", "label": "Savoir tailler", "kind": "savoir_faire", "replaced_by": skill(0)}
    await session.execute(insert(rome_skills), skills)
    await session.execute(insert(rome_skills), [starter])
    await session.execute(
        insert(rome_occupation_skills),
        [{"rome": link.rome, "skill": link.skill, "core": link.core} for link in LINKS],
    )
    await session.execute(insert(rome_words), [{"word": word, "rome": rome} for word, rome in WORDS])
    await session.execute(
        insert(rome_mobilities),
        [{"rome": rome, "target": target, "rank": rank} for rome, target, rank in MOBILITIES],
    )
    appellations = [
        {"ogr": f"{20000 + at}", "rome": rome, "label": label, "short_label": label}
        for at, (rome, label) in enumerate(OCCUPATIONS.items())
    ]
    rare = {"ogr": "30001", "rome": "D1102", "label": "Aide-boulanger / Aide-boulangère", "rare": True}
    await session.execute(insert(rome_appellations), appellations)
    await session.execute(insert(rome_appellations), [rare | {"short_label": rare["label"]}])
