"""Small files in the official formats, written by us: an export of the ROME, communes, NAF."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

Rows = list[tuple[str, ...]]
"""A header, then rows."""

_COMPETENCE = "code_ogr nature libelle_competence definition code_ogr_macro_comp cat_comp sous_cat_comp"
_APPELLATION = "code_ogr libelle_appellation_long libelle_appellation_court code_rome peu_usite"


_ROME: dict[str, Rows] = {
    "referentiel_code_rome": [
        ("code_rome", "code_ogr", "libelle_rome", "code_rome_parent"),
        ("A1203", "7", "Agent / Agente d'entretien des espaces verts", "A1203"),
        ("D1102", "8", "Boulanger / Boulangère", "D1102"),
        ("D1104", "9", "Pâtissier / Pâtissière", "D1102"),
    ],
    "referentiel_appellation": [
        tuple(_APPELLATION.split()),
        ("11573", "Boulanger / Boulangère", "Boulanger / Boulangère", "D1102", "N"),
        ("11574", "Ouvrier boulanger / Ouvrière boulangère", "Ouvrier(ère) boulanger(ère)", "D1102", "O"),
        ("17000", "Pâtissier / Pâtissière", "Pâtissier / Pâtissière", "D1104", "N"),
    ],
    "referentiel_competence": [
        tuple(_COMPETENCE.split()),
        ("100", "Compétence", "Pétrir une pâte", "", "300", "Savoir-faire", "Technique"),
        ("101", "Compétence", "Tailler les haies", "", "", "Savoir-faire", "Technique"),
        (
            "102",
            "Compétence",
            "Effectuer des rondes de surveillance",
            "",
            "",
            "Savoir-faire",
            "Technique",
        ),
        ("300", "Macro-compétence", "Fabriquer des pains", "", "", "Savoir-faire", "Technique"),
        (
            *("301", "Macro-compétence", "Avoir l'esprit d'équipe", ""),
            *("", "Savoir-être professionnel", "Transverse"),
        ),
    ],
    "referentiel_savoir": [
        ("code_ogr_savoir", "libelle_savoir", "categorie_savoir"),
        ("200", "Règles d'hygiène alimentaire", "Normes et procédés"),
        ("201", "Botanique", "Domaines d'expertise"),
    ],
    "referentiel_contexte_travail": [
        ("code_ogr", "libelle_cont_travail"),
        ("400", "Travail de nuit"),
    ],
    "coherence_item": [
        ("code_rome", "code_ogr", "coeur_metier"),
        ("A1203", "101", "Principale"),
        ("A1203", "102", ""),
        ("A1203", "201", ""),
        ("D1102", "100", "Principale"),
        ("D1102", "300", "Émergente"),
        ("D1102", "200", ""),
        ("D1102", "400", ""),
        ("D1104", "200", ""),
        ("D1104", "301", ""),
    ],
    "texte": [
        ("code_rome", "libelle_type_texte", "position_phrase", "libelle_texte"),
        ("D1102", "definition", "2", "Assure l''entretien du fournil."),
        ("D1102", "definition", "1", "Fabrique du pain."),
        ("D1102", "acces_metier", "1", "Un CAP ouvre la porte."),
    ],
    "rubrique_mobilite": [("code_rome", "code_rome_cible", "numero_ordre"), ("D1102", "D1104", "1")],
    "arborescence_thematique": [
        ("code_theme", "libelle_theme", "code_rome"),
        ("001", "Métiers de l'environnement", "A1203"),
    ],
    "arborescence_secteur_naf": [
        ("code_secteur_naf", "libelle_secteur_naf", "code_rome"),
        ("1", "Culture et production animale", "A1203"),
        ("10", "Industries alimentaires", "D1102"),
    ],
    "referentiel_code_rome_riasec": [
        ("code_rome", "riasec_majeur", "riasec_mineur"),
        ("D1102", "R", "C"),
    ],
}


def rome_tables() -> dict[str, Rows]:
    """Three occupations with their skills, by the noun of each file; ours to change before writing."""
    return {noun: list(rows) for noun, rows in _ROME.items()}


def as_csv(table: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    """The table as text, every value quoted, lines ended as on Windows."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(table)
    return stream.getvalue()


def rome_name(noun: str, version: str = "460") -> str:
    """The official name of a file."""
    return f"unix_{noun}_v{version}_utf8.csv"


def write_rome(
    folder: Path, tables: Mapping[str, Rows] | None = None, version: str = "460", encoding: str = "utf-8"
) -> Path:
    """Write an export in a new folder, in that encoding; gives the folder."""
    folder.mkdir(parents=True)
    delimiter = ";" if encoding == "cp1252" else ","
    for noun, table in (tables or rome_tables()).items():
        (folder / rome_name(noun, version)).write_bytes(as_csv(table, delimiter).encode(encoding))
    return folder


def zip_rome(path: Path, tables: Mapping[str, Rows] | None = None, version: str = "460") -> Path:
    """Write an export as a zip with sub-folders; gives its path."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for noun, table in (tables or rome_tables()).items():
            archive.writestr(f"RefRome/{version}/{rome_name(noun, version)}", as_csv(table))
        archive.writestr("lisez-moi.pdf", b"%PDF")
    return path


def write_table(path: Path, table: Rows) -> Path:
    """Write one file, in UTF-8; gives its path."""
    path.write_text(as_csv(table), encoding="utf-8", newline="")
    return path


COMMUNES: Rows = [
    ("code_insee", "nom", "type", "codes_postaux", "population", "lat", "lon", "mairie_lat", "source_coord"),
    ("57463", "Metz", "commune-actuelle", "57000|57050|57070", "120874", "49.1193", "6.1757", "1", "contour"),
    ("75056", "Paris", "commune-actuelle", "75001|75012", "2103778", "48.8566", "2.3429", "", "contour"),
    (
        "75112",
        "Paris 12e Arrondissement",
        "arrondissement-municipal",
        "75012",
        *("138024", "48.83", "2.42"),
        "",
        "contour",
    ),
    ("57412", "Lorry-lès-Metz", "commune-actuelle", "57050", "1700", "", "", "", ""),
    ("57999", "Ancienne", "commune-deleguee", "57050", "", "49.2", "6.2", "", "approx_code_postal"),
]
DEPARTMENTS: Rows = [
    ("code", "nom", "code_region", "region"),
    ("57", "Moselle", "44", "Grand Est"),
    ("75", "Paris", "11", "Île-de-France"),
]
NAF: Rows = [
    ("code_naf", "libelle", "division", "libelle_division", "section", "libelle_section"),
    (
        "10.71C",
        "Boulangerie et boulangerie-pâtisserie",
        "10",
        "Industries alimentaires",
        "C",
        "INDUSTRIE MANUFACTURIÈRE",
    ),
    (
        "81.30Z",
        "Services d'aménagement paysager",
        "81",
        "Services aux bâtiments",
        "N",
        "ACTIVITÉS DE SERVICES",
    ),
]
NAF_LINKS: Rows = [
    ("division_naf", "libelle_division", "code_rome", "libelle_rome"),
    ("10", "Industries alimentaires", "D1102", "Boulanger / Boulangère"),
    ("81", "Services aux bâtiments", "A1203", "Agent / Agente d'entretien des espaces verts"),
]
