"""One row of a company file, checked: what goes to the tables, or the French reason why it does not."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from data.reference.gazetteer import Gazetteer
from data.reference.jobs import Job, Jobs, UnknownJobError
from domain.company import (
    DEFAULT_QUOTA,
    MAX_ADDRESS,
    MAX_CITY,
    MAX_INFORMATION,
    MAX_NAME,
    MAX_PERSON,
    MAX_QUOTA,
    is_on_earth,
)
from domain.contacts import (
    MAX_WEBSITE,
    is_email,
    is_website,
    phone_fault,
    phone_region,
    tidy_email,
    tidy_phone,
    tidy_website,
)
from domain.search import ContactMode, DisabledFit
from domain.values import (
    HEADCOUNTS,
    INSEE_PATTERN,
    POSTAL_CODE_PATTERN,
    Point,
    clean_line,
    clean_text,
    compact_siret,
    dotted_naf,
    is_siret,
)

NOT_SHOWN = "[ND]"
"""What Sirene writes in place of what a sole trader asked not to have published."""
HIDDEN_NAME = "Entreprise individuelle"
_CONTACT_MODES = tuple(mode.value for mode in ContactMode)
_DISABLED_FITS = tuple(fit.value for fit in DisabledFit)
_TRUE = frozenset({"1", "oui", "true", "vrai", "o"})
_FALSE = frozenset({"0", "non", "false", "faux", "n"})
_INSEE = re.compile(INSEE_PATTERN)
_POSTAL_CODE = re.compile(POSTAL_CODE_PATTERN)
_PLAIN_NATIONAL = re.compile(r"^0(?!26[239]|59|639(?!98)|69|8|976)[1-9][0-9]{8}$")
"""Ten digits of the mainland: neither overseas (0262, 0590, 0692…), nor possibly surcharged (08).

0639 is Mayotte's, but 063998 which is kept for fiction."""
_PLAIN_NUMBER = re.compile(r"^\+33[1-79][0-9]{8}$")
"""French numbers that are never surcharged (Arcep's numbering plan: 08 and short ones may be)."""
_LIMITS = {
    "name": MAX_NAME,
    "custom_name": MAX_NAME,
    "additional_information": MAX_INFORMATION,
    "website": MAX_WEBSITE,
    "contact_name": MAX_PERSON,
    "contact_job": MAX_PERSON,
    "address": MAX_ADDRESS,
    "city": MAX_CITY,
}


class RowError(ValueError):
    """A row cannot be taken; the message is the French reason."""


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """Where a row's company is; `approximate` when the point is its commune's."""

    address: str
    postal_code: str
    city: str
    insee: str | None
    lat: float
    lon: float
    approximate: bool


@dataclass(frozen=True, slots=True)
class CompanyRow:
    """A row that can be taken. `company` is in the order of `COMPANY_COLUMNS`."""

    siret: str
    volunteer: bool
    company: tuple[object, ...]
    place: PlaceRow
    jobs: tuple[Job, ...]


COMPANY_COLUMNS = (
    "siret",
    "name",
    "custom_name",
    "naf",
    "headcount",
    "website",
    "additional_information",
    "contact_mode",
    "contact_name",
    "contact_job",
    "contact_email",
    "contact_phone",
    "fit_for_disabled_workers",
    "for_job_seekers",
    "for_pupils",
    "engaged",
    "max_contacts_per_month",
    "proof",
    "diffusible",
)


class RowReader:
    """Reads rows against the communes and the jobs that exist."""

    def __init__(self, gazetteer: Gazetteer, jobs: Jobs, shorten: frozenset[str]) -> None:
        self._gazetteer = gazetteer
        self._jobs = jobs
        self._shorten = shorten

    def read(self, row: Mapping[str, str]) -> CompanyRow:
        """The row's company, place and jobs; raises `RowError` with the first reason against it."""
        siret = _siret(row.get("siret", ""))
        try:
            jobs = self._jobs.read(row.get("offers", ""))
        except UnknownJobError as error:
            raise RowError(str(error)) from error
        place = self._place(row)
        contact = _contact(row, place.postal_code)
        volunteer = bool(jobs) and contact[0] != ContactMode.NONE
        if jobs and not volunteer:
            raise RowError("des métiers sans moyen de contact : indiquez contact_email ou contact_phone.")
        name = self._line(row, "name")
        if not name:
            raise RowError("name : le nom est vide.")
        company = (
            siret,
            HIDDEN_NAME if NOT_SHOWN in name else name,
            _shown(self._line(row, "custom_name")),
            _naf(row.get("naf", "")),
            _choice("headcount", row.get("headcount", ""), HEADCOUNTS, "NN"),
            self._website(row),
            self._cut("additional_information", clean_text(row.get("additional_information", ""))),
            *(contact if volunteer else (ContactMode.NONE, "", "", "", "")),
            _choice(
                "fit_for_disabled_workers", row.get("fit_for_disabled_workers", ""), _DISABLED_FITS, "no"
            ),
            *_audiences(row),
            _flag("engaged", row.get("engaged", ""), default=False),
            _quota(row.get("max_contacts_per_month", "")),
            "proved" if volunteer else "public_register",
            NOT_SHOWN not in name,
        )
        return CompanyRow(siret, volunteer, company, place, jobs if volunteer else ())

    def _place(self, row: Mapping[str, str]) -> PlaceRow:
        insee = clean_line(row.get("insee", "")).upper()
        postal_code = clean_line(row.get("postal_code", "")).replace(" ", "")
        city = self._line(row, "city")
        if insee and not _INSEE.match(insee):
            raise RowError(f"insee : « {insee[:20]} » n’est pas un code de commune INSEE.")
        found = self._gazetteer.find(insee, postal_code, city)
        if found and not postal_code and found.postal_codes:
            postal_code = found.postal_codes[0]
        if not _POSTAL_CODE.match(postal_code):
            raise RowError(f"postal_code : « {postal_code[:20]} » n’est pas un code postal (5 chiffres).")
        name = city or (found.name if found else "")
        if not name:
            raise RowError("city : la ville est vide et le code de commune inconnu.")
        given = point_of(row.get("lat", "").strip(), row.get("lon", "").strip())
        point = given or (found.point if found else None)
        if point is None:
            raise RowError(f"commune inconnue ({postal_code} {city[:50]}) et pas de lat et lon.")
        return PlaceRow(
            _shown(self._line(row, "address")),
            postal_code,
            name,
            found.insee if found else None,
            point.lat,
            point.lon,
            given is None,
        )

    def _website(self, row: Mapping[str, str]) -> str:
        website = tidy_website(row.get("website", ""))
        if website and not is_website(website):
            raise RowError(f"website : « {website[:80]} » n’est pas l’adresse d’un site.")
        return website

    def _line(self, row: Mapping[str, str], column: str) -> str:
        written = row.get(column, "")
        return self._cut(column, clean_line(written)) if written else ""

    def _cut(self, column: str, text: str) -> str:
        limit = _LIMITS[column]
        if len(text) <= limit:
            return text
        if column not in self._shorten:
            raise RowError(f"{column} : plus de {limit} caractères.")
        return text[: limit - 1].rsplit(None, 1)[0] + "…"


def _siret(written: str) -> str:
    siret = compact_siret(written)
    if not is_siret(siret):
        raise RowError(f"siret : « {siret[:20]} » n’est pas un SIRET (14 chiffres, clé de contrôle).")
    return siret


def _naf(written: str) -> str | None:
    if not written.strip():
        return None
    naf = dotted_naf(written)
    if naf is None:
        raise RowError(f"naf : « {written[:20]} » n’est pas un code NAF (comme 56.10A).")
    return naf


def _shown(text: str) -> str:
    return "" if NOT_SHOWN in text else text


def _contact(row: Mapping[str, str], postal_code: str) -> tuple[str, str, str, str, str]:
    """(mode, name, job, e-mail, phone); without a mode, the means that is given."""
    email, phone = tidy_email(row.get("contact_email", "")), row.get("contact_phone", "").strip()
    if email and not is_email(email):
        raise RowError("contact_email : ce n’est pas une adresse e-mail.")
    if phone:
        phone = _phone(phone, postal_code)
        if not _PLAIN_NUMBER.match(phone) and phone_fault(phone):
            raise RowError("contact_phone : ce n’est pas un numéro de téléphone, ou il est surtaxé.")
    given = ContactMode.EMAIL if email else ContactMode.PHONE if phone else ContactMode.NONE
    mode = _choice("contact_mode", row.get("contact_mode", ""), _CONTACT_MODES, given)
    if (mode == ContactMode.EMAIL and not email) or (mode == ContactMode.PHONE and not phone):
        raise RowError(f"contact_mode : « {mode} » sans l’adresse ou le numéro qu’il demande.")
    name, job = clean_line(row.get("contact_name", "")), clean_line(row.get("contact_job", ""))
    if len(name) > MAX_PERSON or len(job) > MAX_PERSON:
        raise RowError(f"contact_name ou contact_job : plus de {MAX_PERSON} caractères.")
    return mode, name, job, email, phone


def _phone(written: str, postal_code: str) -> str:
    """E.164; the usual French writings are read here, since the full parser costs 0.1 ms a number."""
    compact = re.sub(r"[\s.\-/]", "", written)
    if _PLAIN_NATIONAL.match(compact) and phone_region(postal_code) == "FR":
        return f"+33{compact[1:]}"
    return compact if _PLAIN_NUMBER.match(compact) else tidy_phone(written, postal_code)


def _audiences(row: Mapping[str, str]) -> tuple[bool, bool]:
    seekers = _flag("for_job_seekers", row.get("for_job_seekers", ""), default=True)
    pupils = _flag("for_pupils", row.get("for_pupils", ""), default=False)
    if not (seekers or pupils):
        raise RowError("for_job_seekers et for_pupils : il faut au moins un public.")
    return seekers, pupils


def _flag(column: str, written: str, *, default: bool) -> bool:
    value = written.strip().lower()
    if not value:
        return default
    if value in _TRUE:
        return True
    if value in _FALSE:
        return False
    raise RowError(f"{column} : « {written[:20]} » n’est pas 1 ou 0.")


def _quota(written: str) -> int:
    value = written.strip()
    if not value:
        return DEFAULT_QUOTA
    if (
        not (value.isascii() and value.isdigit() and len(value) <= len(str(MAX_QUOTA)))
        or int(value) > MAX_QUOTA
    ):
        raise RowError(f"max_contacts_per_month : il faut un nombre de 0 à {MAX_QUOTA}.")
    return int(value)


def _choice(column: str, written: str, values: Collection[str], default: str) -> str:
    value = written.strip()
    if not value:
        return default
    if value not in values:
        raise RowError(f"{column} : « {value[:20]} » n’est pas {', '.join(values)}.")
    return value


def point_of(lat: str, lon: str) -> Point | None:
    """The point, None when the row has none; zero and zero is how many tools write « unknown »."""
    if not lat and not lon:
        return None
    try:
        point = Point(float(lat.replace(",", ".")), float(lon.replace(",", ".")))
    except ValueError:
        raise RowError("lat et lon : il faut deux nombres, ou aucun.") from None
    if not is_on_earth(point):
        raise RowError("lat et lon : ce point n’est pas sur la Terre.")
    return None if point.lat == 0 == point.lon else point
