"""Somebody else's files of companies, through a mapping."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from data.reference.companies import import_companies
from data.reference.mapping import FOLDER, load_mapping
from data.tables import companies, company_places
from domain.errors import BadFileError
from domain.values import HEADCOUNTS
from tests.factories.company_files import FIRST, SECOND, THIRD, add_places_and_jobs
from tests.factories.official import Rows, write_table

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
MARCHE: Rows = [
    (
        *("siret", "nom", "enseigne", "type", "code_naf", "forme_juridique", "effectif", "adresse"),
        *("code_postal", "ville", "departement", "lat", "lon", "description", "site_web"),
    ),
    (
        *(FIRST, "REGIE DES LILAS", "Régie", "EI", "8130Z", "SARL", "50 à 99 salariés", "1 rue Haute"),
        *("57000", "Metz", "57", "49.11", "6.17", "Des jardins. " * 400, "http://regie.example"),
    ),
    (
        *(SECOND, "ATELIER ADAPTE", "", "EA", "", "", "Non renseigné", ""),
        *("57140", "WOIPPY", "57", "", "", "", ""),
    ),
]
METZ: Rows = [
    (
        *("siret", "raison_sociale", "enseigne", "code_naf", "tranche_effectif", "effectif_libelle"),
        *("numero_rue", "libelle_rue", "code_postal", "code_commune", "departement", "lat", "lon"),
    ),
    (
        *(THIRD, "BOULANGERIE HAUTE", "LE FOUR", "1071C", "01", "1-2"),
        *("50", "PLACE MAZELLE", "57000", "57463", "57", "49.1143", "6.18412"),
    ),
    (*(FIRST, "[ND]", "", "9602A", "12", "20-49"), *("", "RUE HAUTE", "57000", "57463", "57", "", "")),
]
OWN = """
source = "ma-liste"
[columns]
siret = "N° SIRET"
name = ["Nom", "Forme"]
postal_code = "CP"
city = "Ville"
contact_email = "Courriel"
fit_for_disabled_workers = "Accueil"
offers = "Métier"
[constants]
for_pupils = "1"
[values.fit_for_disabled_workers]
Label = "certified"
"*" = "no"
[values.offers]
boulanger = "D1102;Boulanger"
"""


@pytest.fixture
async def session(session: AsyncSession) -> AsyncSession:
    await add_places_and_jobs(session)
    return session


async def found(session: AsyncSession, siret: str) -> dict[str, Any]:
    columns = [column for column in company_places.c if column.name != "id"]
    query = select(companies, *columns).join(company_places).where(companies.c.siret == siret)
    return dict((await session.execute(query)).mappings().one())


async def test_the_market_of_inclusion(session: AsyncSession, tmp_path: Path) -> None:
    path = write_table(tmp_path / "m.csv", MARCHE)
    report = await import_companies(session, path, NOW, mapping="marche_siae")
    assert (report.version, report.rejected) == ("marche_siae", ())
    first = await found(session, FIRST)
    assert (first["custom_name"], first["naf"], first["headcount"]) == ("Régie", "81.30Z", "21")
    assert first["additional_information"].startswith("Entreprise d’insertion. Des jardins. Des")
    assert first["additional_information"].endswith("…")
    assert len(first["additional_information"]) <= 3000
    assert (first["proof"], first["fit_for_disabled_workers"]) == ("public_register", "no")
    second = await found(session, SECOND)
    assert (second["naf"], second["headcount"]) == (None, "NN")
    assert second["fit_for_disabled_workers"] == "certified"
    assert (second["insee"], second["approximate"]) == ("57751", True)


async def test_employers_of_metz(session: AsyncSession, tmp_path: Path) -> None:
    path = write_table(tmp_path / "l.csv", METZ)
    report = await import_companies(session, path, NOW, mapping="lbb_metz")
    assert (report.version, report.rejected) == ("lbb_metz", ())
    third = await found(session, THIRD)
    assert (third["address"], third["city"], third["headcount"]) == ("50 PLACE MAZELLE", "Metz", "01")
    assert (third["lat"], third["approximate"], third["diffusible"]) == (49.1143, False, True)
    hidden = await found(session, FIRST)
    assert (hidden["name"], hidden["diffusible"]) == ("Entreprise individuelle", False)
    assert (hidden["address"], hidden["approximate"]) == ("RUE HAUTE", True)


async def test_a_mapping_of_one_s_own(session: AsyncSession, tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text(OWN, encoding="utf-8")
    rows: Rows = [
        ("N° SIRET", "Nom", "Forme", "CP", "Ville", "Courriel", "Accueil", "Métier"),
        (FIRST, "Le Fournil", "SARL", "57000", "Metz", "a@b.example", "Label", "boulanger"),
        (SECOND, "La Haie", "", "57000", "Metz", "", "?", ""),
    ]
    path = write_table(tmp_path / "c.csv", rows)
    report = await import_companies(session, path, NOW, mapping=tmp_path / "m.toml")
    assert (report.version, report.rejected) == ("ma-liste", ())
    first, second = await found(session, FIRST), await found(session, SECOND)
    assert (first["name"], first["proof"], first["for_pupils"]) == ("Le Fournil SARL", "proved", True)
    assert [row["fit_for_disabled_workers"] for row in (first, second)] == ["certified", "no"]
    assert (second["name"], second["proof"]) == ("La Haie", "public_register")


async def test_a_file_of_another_shape_is_refused(session: AsyncSession, tmp_path: Path) -> None:
    path = write_table(tmp_path / "c.csv", METZ)
    with pytest.raises(BadFileError, match="« nom »") as caught:
        await import_companies(session, path, NOW, mapping="marche_siae")
    assert (caught.value.file, caught.value.line) == ("c.csv", 1)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("siret", "pas du TOML"),
        ('[columns]\nsiret = "a"', "quelles colonnes donnent siret et name"),
        ('[columns]\nsiret = "a"\nname = "b"\nnam = "c"', "« nam »"),
        ('couleur = "bleu"\n[columns]\nsiret = "a"\nname = "b"', "« couleur »"),
        ('columns = "siret"', "doit être une table"),
        ('[columns]\nsiret = "a"\nname = "b"\n[constants]\nengaged = 1', "textes entre guillemets"),
    ],
)
def test_a_wrong_mapping_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "m.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadFileError) as caught:
        load_mapping(tmp_path / "m.toml")
    assert reason in caught.value.reason
    assert caught.value.file == "m.toml"


def test_an_unknown_mapping_names_the_shipped_ones() -> None:
    with pytest.raises(BadFileError, match="lbb_metz, marche_siae"):
        load_mapping("autre")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_shipped_mappings_give_known_headcounts(path: Path) -> None:
    mapping = load_mapping(path.stem)
    assert mapping.source == path.stem
    assert set(mapping.values.get("headcount", {}).values()) <= set(HEADCOUNTS)
