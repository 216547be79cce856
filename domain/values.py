"""Small values that everything shares: places on Earth, codes, identifiers, plain text."""

import math
import re
import unicodedata
from dataclasses import dataclass

from stdnum.exceptions import ValidationError
from stdnum.fr import siret as stdnum_siret

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the Earth (IUGG, 1980); the same in SQL and in the index."""

ROME_PATTERN = r"^[A-N][0-9]{4}$"
SKILL_PATTERN = r"^(?:[0-9]{1,9}|E[0-9]{4})$"
"""An OGR code of the ROME, or a code of the starter data."""
SIRET_PATTERN = r"^[0-9]{14}$"
NAF_PATTERN = r"^[0-9]{2}\.[0-9]{2}[A-Z]$"
DIVISION_PATTERN = r"^[0-9]{2}$"
POSTAL_CODE_PATTERN = r"^[0-9]{5}$"
INSEE_PATTERN = r"^(?:[0-9]{2}|2[AB])[0-9]{3}$"

HEADCOUNTS = {
    "NN": "Effectif inconnu",
    "00": "Aucun salarié",
    "01": "1 ou 2 salariés",
    "02": "3 à 5 salariés",
    "03": "6 à 9 salariés",
    "11": "10 à 19 salariés",
    "12": "20 à 49 salariés",
    "21": "50 à 99 salariés",
    "22": "100 à 199 salariés",
    "31": "200 à 249 salariés",
    "32": "250 à 499 salariés",
    "41": "500 à 999 salariés",
    "42": "1 000 à 1 999 salariés",
    "51": "2 000 à 4 999 salariés",
    "52": "5 000 à 9 999 salariés",
    "53": "10 000 salariés et plus",
}
"""INSEE `trancheEffectifs` codes, smallest first (Sirene, variable trancheEffectifsEtablissement)."""

_INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]",
)
_SPACES = re.compile(r"\s+")
_NOT_WORD = re.compile(r"[^a-z0-9]+")
LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "Œ": "OE", "Æ": "AE", "ß": "ss"})


@dataclass(frozen=True, slots=True)
class Point:
    """A point on Earth in WGS84 degrees."""

    lat: float
    lon: float


def distance_km(a: Point, b: Point) -> float:
    """Great-circle distance in kilometres (haversine)."""
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin(math.radians(b.lon - a.lon) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(half)))


def clean_line(text: str) -> str:
    """The text on one line: NFC, invisible and direction-changing characters out, spaces folded."""
    if text.isascii() and text.isprintable():  # the same, three times faster: files have millions of these
        return " ".join(text.split())
    return _SPACES.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFC", text))).strip()


def clean_text(text: str) -> str:
    """The same as `clean_line`, paragraphs kept (at most one empty line in a row)."""
    lines = [clean_line(line) for line in text.replace("\r\n", "\n").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def fold(text: str) -> str:
    """Lower-case ASCII words separated by one space: what accents, case and hyphens hide.

    >>> fold("Hôtesse d’accueil / Œuvre")
    'hotesse d accueil oeuvre'
    """
    decomposed = unicodedata.normalize("NFKD", text.translate(LIGATURES))
    ascii_only = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _NOT_WORD.sub(" ", ascii_only.lower()).strip()


def is_siret(text: str) -> bool:
    """Whether 14 digits pass the Luhn check, or La Poste's own (sum of digits a multiple of 5)."""
    if not re.fullmatch(SIRET_PATTERN, text):
        return False
    try:
        stdnum_siret.validate(text)
    except ValidationError:
        return False
    return True


def compact_siret(text: str) -> str:
    """A SIRET as people type it (spaces, dots, non-breaking spaces) without its separators."""
    return re.sub(r"[\s.\-]", "", _INVISIBLE.sub("", text))


def siret_groups(siret: str) -> str:
    """A SIRET as it is printed on papers: `123 456 789 00012`."""
    return f"{siret[:3]} {siret[3:6]} {siret[6:9]} {siret[9:]}"


def naf_division(naf: str) -> str:
    """The two-digit division of a NAF sub-class (`56.10A` → `56`)."""
    return naf[:2]


def dotted_naf(naf: str) -> str | None:
    """A NAF sub-class in its official form (`5610A` or `56.10a` → `56.10A`), None when it is not one."""
    compact = clean_line(naf).replace(".", "").upper()
    if not re.fullmatch(r"[0-9]{4}[A-Z]", compact):
        return None
    return f"{compact[:2]}.{compact[2:]}"


def department_of(insee: str) -> str:
    """Department code of a commune code (`97411` → `974`, `2A004` → `2A`)."""
    return insee[:3] if insee.startswith(("97", "98")) else insee[:2]


_ISLANDS = {"97133": "977", "97150": "978"}
"""Saint-Barthélemy and Saint-Martin keep postal codes of Guadeloupe."""


def department_of_postal_code(code: str) -> str:
    """Department of a postal code (`97133` → `977`); both of Corsica are `20`."""
    return _ISLANDS.get(code) or department_of(code)
