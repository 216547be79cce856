"""The document of a convention: what its people read and sign.

Mandatory mentions: Code du travail, D5135-1 to D5135-8, and the décret n° 2023-1304 that lists them.
The prescriber is not in it: a convention that passes to another agency keeps its signatures.
A draft holds any of these as typed; `terms_checks` says what is missing before it is sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from domain.agency import Situation
from domain.convention import As, Kind
from domain.schedule import Schedule
from domain.search import Objective

ADULT, MINOR_WORKER = 18, 16
OLDEST = 110
"""In years: an older birth date is a slip of the keyboard."""
MAX_NAME, MAX_LINE, MAX_TEXT, MAX_SKILLS = 100, 300, 2000, 15


class Coverage(StrEnum):
    """Who declares a work accident: the prescriber, unless the employer does (Code du travail, L5135-7)."""

    PRESCRIBER = "prescriber"
    EMPLOYER = "employer"


class Hazard(StrEnum):
    """Works forbidden to people under 18 (Code du travail, D4153-15 to D4153-37)."""

    CHEMICALS = "chemicals"
    BIOLOGICAL = "biological"
    VIBRATIONS = "vibrations"
    RADIATION = "radiation"
    HYPERBARIC = "hyperbaric"
    ELECTRICITY = "electricity"
    DEMOLITION = "demolition"
    VEHICLES = "vehicles"
    MACHINES = "machines"
    HEIGHTS = "heights"
    PRESSURE = "pressure"
    CONFINED = "confined"
    MOLTEN = "molten"
    EXTREME_TEMPERATURES = "extreme_temperatures"
    SLAUGHTER = "slaughter"
    VIOLENCE = "violence"


HAZARD_LABELS: Mapping[Hazard, tuple[str, str]] = {
    Hazard.VIOLENCE: ("Actes ou images violents ou pornographiques", "D4153-16"),
    Hazard.CHEMICALS: ("Produits chimiques dangereux, amiante", "D4153-17 et D4153-18"),
    Hazard.BIOLOGICAL: ("Agents biologiques dangereux", "D4153-19"),
    Hazard.VIBRATIONS: ("Vibrations mécaniques au-delà des seuils", "D4153-20"),
    Hazard.RADIATION: ("Rayonnements ionisants ou optiques", "D4153-21 et D4153-22"),
    Hazard.HYPERBARIC: ("Travail en milieu hyperbare", "D4153-23"),
    Hazard.ELECTRICITY: ("Travaux électriques sous tension ou près de pièces nues", "D4153-24"),
    Hazard.DEMOLITION: ("Démolition, tranchées, éboulement", "D4153-25"),
    Hazard.VEHICLES: ("Conduite de tracteurs ou d’engins, équipements de levage", "D4153-26 et D4153-27"),
    Hazard.MACHINES: ("Machines dangereuses, travaux de maintenance", "D4153-28 et D4153-29"),
    Hazard.HEIGHTS: ("Travaux en hauteur, échafaudages, arbres", "D4153-30 à D4153-32"),
    Hazard.PRESSURE: ("Appareils sous pression", "D4153-33"),
    Hazard.CONFINED: ("Milieu confiné : cuves, fosses, égouts", "D4153-34"),
    Hazard.MOLTEN: ("Verre ou métal en fusion", "D4153-35"),
    Hazard.EXTREME_TEMPERATURES: ("Températures extrêmes", "D4153-36"),
    Hazard.SLAUGHTER: ("Abattage d’animaux, contact avec des animaux féroces ou venimeux", "D4153-37"),
}
"""Each work with its article of the Code du travail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A person named in the convention. `function`: their job, or what they are to the beneficiary."""

    first_name: str = ""
    last_name: str = ""
    function: str = ""
    email: str = ""
    phone: str = ""

    @property
    def name(self) -> str:
        """First name and last name."""
        return f"{self.first_name} {self.last_name}".strip()

    def __bool__(self) -> bool:
        """Whether anything was written of them."""
        return any((self.first_name, self.last_name, self.function, self.email, self.phone))


@dataclass(frozen=True, slots=True, kw_only=True)
class Beneficiary:
    """Who goes to the company. `school`: of a pupil."""

    first_name: str = ""
    last_name: str = ""
    birth_date: date | None = None
    email: str = ""
    phone: str = ""
    situation: Situation | None = None
    school: str = ""

    @property
    def name(self) -> str:
        """First name and last name."""
        return f"{self.first_name} {self.last_name}".strip()

    def age_on(self, day: date) -> int | None:
        """In whole years, that day; None while the birth date is not known."""
        born = self.birth_date
        if born is None:
            return None
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@dataclass(frozen=True, slots=True, kw_only=True)
class Employer:
    """The current employer, when the work contract is not suspended."""

    name: str = ""
    siret: str = ""
    contact: Contact = field(default_factory=Contact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """The company. `activity` in words, `agreement`: its collective agreement, when it has one."""

    siret: str = ""
    name: str = ""
    address: str = ""
    postal_code: str = ""
    city: str = ""
    insee: str = ""
    naf: str = ""
    activity: str = ""
    agreement: str = ""
    contact: Contact = field(default_factory=Contact)
    """Who commits the company, and signs."""
    tutor: Contact = field(default_factory=Contact)
    """Who welcomes the person, follows them and gives the health and safety instructions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accompanying:
    """Who accompanies the person, when that is not the prescriber: the structure and its counsellor."""

    structure: str = ""
    contact: Contact = field(default_factory=Contact)


@dataclass(frozen=True, slots=True)
class SkillSought:
    """A skill of the ROME that the immersion lets one practise: its OGR code and its label."""

    ogr: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """What is done and why. `aims`: the precise aims; `assessed_how`: how their reaching is judged."""

    rome: str = ""
    job: str = ""
    objective: Objective | None = None
    aims: str = ""
    assessed_how: str = ""
    tasks: str = ""
    skills: tuple[SkillSought, ...] = ()
    safety: str = ""
    """Protective equipment and safety instructions."""
    gratuity: str = ""
    """What the company freely gives, in words; it never pays a wage."""
    hazards: tuple[Hazard, ...] = ()
    hazards_checked: bool = False
    """For somebody under 18: the list was read, and what applies was ticked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the work is done. All empty: the company's own address."""

    address: str = ""
    postal_code: str = ""
    city: str = ""
    insee: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The whole document. `starts_on` and `ends_on` bound the schedule, and are written in the convention."""

    kind: Kind = Kind.PMSMP
    beneficiary: Beneficiary = field(default_factory=Beneficiary)
    representative: Contact = field(default_factory=Contact)
    employed: bool = False
    """Has a work contract that goes on during the immersion."""
    employer: Employer = field(default_factory=Employer)
    coverage: Coverage = Coverage.PRESCRIBER
    host: Host = field(default_factory=Host)
    accompanying: Accompanying = field(default_factory=Accompanying)
    activity: Activity = field(default_factory=Activity)
    place: Place = field(default_factory=Place)
    starts_on: date | None = None
    ends_on: date | None = None
    schedule: Schedule = field(default_factory=Schedule)
    renews: str = ""
    """Reference of the convention that this one renews."""
    renewal_reason: str = ""

    @property
    def work_place(self) -> Place:
        """Where the work is done: the place told, else the company's address."""
        if self.place != Place():
            return self.place
        host = self.host
        return Place(address=host.address, postal_code=host.postal_code, city=host.city, insee=host.insee)

    @property
    def minor(self) -> bool:
        """Whether the person is under 18 on the first day; False while a date is missing."""
        return self.starts_on is not None and self.minor_by(self.starts_on)

    def minor_by(self, today: date) -> bool:
        """Whether they are under 18 on the first day, on `today` until it is known."""
        age = self.beneficiary.age_on(self.starts_on or today)
        return age is not None and 0 <= age < ADULT

    def adults_born_by(self, today: date) -> date:
        """The last birth date that makes somebody an adult then."""
        day = self.starts_on or today
        try:
            return day.replace(year=day.year - ADULT)
        except ValueError:  # a 29 February
            return day.replace(year=day.year - ADULT, day=28)


def signatories(terms: Terms) -> tuple[As, ...]:
    """Who signs by a code, in the order they are shown."""
    wanted = {
        As.BENEFICIARY: True,
        As.REPRESENTATIVE: terms.minor,
        As.COMPANY: True,
        As.EMPLOYER: terms.employed,
    }
    return tuple(whom for whom, signs in wanted.items() if signs)


def contact_of(terms: Terms, whom: As) -> Contact:
    """How somebody named in the document is reached."""
    person = terms.beneficiary
    return {
        As.BENEFICIARY: Contact(
            first_name=person.first_name, last_name=person.last_name, email=person.email, phone=person.phone
        ),
        As.REPRESENTATIVE: terms.representative,
        As.COMPANY: terms.host.contact,
        As.EMPLOYER: terms.employer.contact,
        As.TUTOR: terms.host.tutor,
    }[whom]
