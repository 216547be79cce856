"""One row of a file of prescribers, checked: what goes to the table, or the French reason why it does not."""

from collections.abc import Mapping
from dataclasses import dataclass

from data.reference.company_rows import NOT_SHOWN, RowError, point_of
from data.reference.gazetteer import Gazetteer
from domain.agency import AgencyKind
from domain.agency_form import MAX_ADDRESS, MAX_CITY, MAX_NAME
from domain.values import clean_line, compact_siret, department_of, fold, is_siret

KINDS = {
    "FT": AgencyKind.FRANCE_TRAVAIL,
    "PE": AgencyKind.FRANCE_TRAVAIL,
    "ML": AgencyKind.MISSION_LOCALE,
    "CAP_EMPLOI": AgencyKind.CAP_EMPLOI,
    "DEPT": AgencyKind.CONSEIL_DEPARTEMENTAL,
    "PLIE": AgencyKind.PLIE,
    "CCAS": AgencyKind.CCAS,
    "CEP": AgencyKind.OPERATEUR_CEP,
    **dict.fromkeys(("ACI", "AI", "EI", "EITI", "ETTI", "GEIQ"), AgencyKind.STRUCTURE_IAE),
}
"""What les emplois de l’inclusion call our kinds; every other one is `autre`, with its label."""
LABELS = {
    "AFPA": "Agence nationale pour la formation professionnelle des adultes (Afpa)",
    "ASE": "Aide sociale à l’enfance",
    "CHRS": "Centre d’hébergement et de réinsertion sociale",
    "CIDFF": "Centre d’information sur les droits des femmes et des familles",
    "E2C": "École de la deuxième chance",
    "EPIDE": "Établissement pour l’insertion dans l’emploi (Épide)",
    "PJJ": "Protection judiciaire de la jeunesse",
    "SPIP": "Service pénitentiaire d’insertion et de probation",
}
REFUSED = "Son habilitation est refusée dans le fichier d’où elle vient."
NAMED_BY = ("type", "nom", "code_postal", "adresse")
"""What names a row, since few have a SIRET: the same row in a later file is the same agency."""
COLUMNS = (
    *("kind", "kind_label", "name", "siret", "address", "postal_code", "city", "insee", "lat", "lon"),
    *("departments", "status_reason", "source_key"),
)


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """A row that can be taken: `values` in the order of `COLUMNS`."""

    key: str
    values: tuple[object, ...]
    wrong_siret: bool
    """Whether it has a SIRET that fails its check, left out."""


class AgencyReader:
    """Reads rows against the communes and the departments that exist."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._gazetteer = gazetteer
        self._departments = {department_of(insee) for insee in gazetteer.by_insee}

    def read(self, row: Mapping[str, str]) -> AgencyRow:
        """The row's agency; raises `RowError` with the first reason against it."""
        name = _line(row, "nom", MAX_NAME)
        if len(name) < 2:  # noqa: PLR2004 - one letter names nothing
            raise RowError("nom : le nom est vide.")
        kind, label = _kind(row.get("type", ""))
        siret = compact_siret(row.get("siret", ""))
        postal_code = clean_line(row.get("code_postal", "")).replace(" ", "")
        city = _line(row, "ville", MAX_CITY)
        found = self._gazetteer.find("", postal_code, city)
        point = point_of(row.get("lat", "").strip(), row.get("lon", "").strip())
        point = point or (found.point if found else None)
        key = ":".join(fold(row.get(column, "")) for column in NAMED_BY)
        values = (
            *(kind.value, label, name, siret if is_siret(siret) else None),
            *(_line(row, "adresse", MAX_ADDRESS), postal_code, city, found.insee if found else None),
            *(point and point.lat, point and point.lon),
            self._covered(row.get("departement", ""), found.insee if found else ""),
            REFUSED if row.get("habilitation", "").strip() == "REFUSED" else "",
            key,
        )
        return AgencyRow(key, values, bool(siret) and not is_siret(siret))

    def _covered(self, written: str, insee: str) -> list[str]:
        """The department that the file says, else that of its commune."""
        department = clean_line(written).upper() or (department_of(insee) if insee else "")
        if department and department not in self._departments:
            raise RowError(f"departement : « {department[:10]} » n’est pas un département.")
        return [department] if department else []


def _line(row: Mapping[str, str], column: str, limit: int) -> str:
    text = clean_line(row.get(column, ""))
    if len(text) > limit:
        raise RowError(f"{column} : plus de {limit} caractères.")
    return "" if NOT_SHOWN in text else text


def _kind(written: str) -> tuple[AgencyKind, str]:
    code = clean_line(written)
    if code.upper() in KINDS:
        return KINDS[code.upper()], ""
    label = LABELS.get(code.upper(), code)[:MAX_CITY]
    return AgencyKind.AUTRE, "" if fold(label) in {"autre", "other", ""} else label
