"""The words of a convention's letters: what, who, when, where, and what the reader does next."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from data.queries.conventions import ConventionRow
from domain.chain import Entry
from domain.contacts import show_phone
from domain.convention import AS_LABELS, ENDED, SIGNABLE, As, Kind, Status
from domain.convention_addresses import replaced
from domain.french import french_date, french_moment, of_name, within
from domain.schedule import WEEKDAYS, Schedule, french_time, summary
from domain.schedule_limits import first_moment
from domain.terms import Place, Terms, contact_of
from domain.terms_clauses import accident
from domain.time_zones import today_in
from services.conventions.limits import department_at
from services.conventions.readers import AGENTS, Person, Reader
from services.conventions.signing import CODE_LIFE
from services.conventions.story import Line
from services.followups import Event
from services.links import KINDS, Purpose

_MAX_VALUE = 300
"""Characters of a changed text that a mail quotes; the whole is on the page."""
_COORDINATES = ("email", "phone", "birth_date")
"""Said to have changed, never quoted in a mail."""
_SITUATION = "beneficiary.situation"
"""May tell a disability or a benefit: the person and the agency alone read that it changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What one letter is written from."""

    event: Event
    reader: Reader
    row: ConventionRow
    person: Person
    now: datetime
    ids: Mapping[str, Any]
    unsigned: tuple[As, ...] = ()
    unreached: tuple[As, ...] = ()
    """Those who have neither an address nor a mobile that is sent texts."""
    story: tuple[Entry, ...] = ()
    former: str = ""
    referent: str = ""
    """Who follows it now, where the letter says so."""
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def terms(self) -> Terms:
        """The document."""
        return self.row.document

    @property
    def today(self) -> date:
        """At the place of the immersion."""
        return today_in(department_at(self.terms.work_place), self.now)

    @property
    def begins(self) -> datetime | None:
        """When the first period begins, by the clocks of the place; None without a timetable."""
        return first_moment(self.terms.schedule, department_at(self.terms.work_place))

    @property
    def begun(self) -> bool:
        """Whether it is too late to validate these dates."""
        return self.begins is not None and self.begins <= self.now


def immersion(terms: Terms, reader: Reader) -> str:
    """The immersion as its reader calls it: `votre immersion chez Boulangerie du Port`."""
    where = f"chez {terms.host.name}" if terms.host.name else "en entreprise"
    if reader is Reader.BENEFICIARY:
        return f"votre immersion {where}"
    if reader in {Reader.COMPANY, Reader.TUTOR, Reader.FORMER_TUTOR}:
        where = "dans votre entreprise"
    return f"l’immersion {of_name(terms.beneficiary.name or 'la personne accueillie')} {where}"


def words(case: Case) -> dict[str, str]:
    """Every word that the templates may ask for, all of them texts."""
    terms, row = case.terms, case.row
    said = {
        "immersion": immersion(terms, case.reader),
        "person": terms.beneficiary.name,
        "company": terms.host.name,
        "agency": row.agency,
        "former": case.former,
        "referent": case.referent,
        "host": terms.host.contact.name,
        "tutor": terms.host.tutor.name,
        "start": french_date(terms.starts_on) if terms.starts_on else "",
        "facts": "\n".join(_facts(row)),
        "waiting": ", ".join(_named(terms, one) for one in case.unsigned),
        "reviewing": "" if row.status in SIGNABLE else "1",
        "life": KINDS[_link(case)].said,
        "minutes": str(int(CODE_LIFE.total_seconds()) // 60),
        "since_day": french_date(row.status_at),
        "validated_on": french_date(row.validated_at) if row.validated_at else "",
        "reason": _reason(case),
        "changes": "\n".join(_changes(case)),
    }
    return said | {name: write(case) for name, write in _SAID.items()} | dict(case.more)


def _link(case: Case) -> Purpose:
    return Purpose.CONVENTION_DRAFT if case.event is Event.CONVENTION_SHARED else Purpose.CONVENTION_SIGN


def _named(terms: Terms, whom: As) -> str:
    """Who somebody is: `Anne Martin (l’entreprise d’accueil)`."""
    return f"{contact_of(terms, whom).name} ({within(AS_LABELS[whom])})"


def _facts(row: ConventionRow) -> list[str]:
    terms = row.document
    host, tutor = terms.host, terms.host.tutor
    dates = ""
    if terms.starts_on and terms.ends_on:
        dates = f"du {french_date(terms.starts_on)} au {french_date(terms.ends_on)}"
    when = {
        "Horaires": hours(terms.schedule),
        "Lieu": where(terms.work_place),
        "Accueil sur place": ", ".join(filter(None, (tutor.name, tutor.function))),
    }
    told = {
        "Personne accueillie": terms.beneficiary.name,
        "Entreprise": host.name,
        "Métier": terms.activity.job,
        "Dates": dates,
        **({} if row.status in ENDED else when),
        "Structure qui valide": row.agency,
    }
    return [f"{label} : {value}" for label, value in told.items() if value]


def where(place: Place) -> str:
    """A place on one line."""
    return ", ".join(filter(None, (place.address, f"{place.postal_code} {place.city}".strip())))


def hours(schedule: Schedule) -> str:
    """The totals, and the hours of a day when all days have the same."""
    if not schedule:
        return ""
    days = {schedule.hours_on(day) for day in schedule.days}
    if len(days) > 1:
        return summary(schedule)
    each = " et ".join(f"de {french_time(start)} à {french_time(end)}" for start, end in days.pop())
    return f"{each} ; {summary(schedule)}"


def _first_day(case: Case) -> str:
    """Who goes where and when, as the reader is concerned."""
    terms = case.terms
    if not terms.schedule:
        return ""
    first = terms.schedule.periods[0]
    at = f"{WEEKDAYS[first.day.weekday()]} {french_date(first.day)} à {french_time(first.start)}"
    place, tutor = where(terms.work_place), terms.host.tutor.name
    if case.reader is Reader.BENEFICIARY:
        return f"présentez-vous le {at}, {place}. Demandez {tutor}."
    if case.person.email == terms.host.tutor.email:
        who = f"accueillez {terms.beneficiary.name}"
        return f"{who} le {at}, {place}, et donnez les consignes de santé et de sécurité."
    if case.reader in {Reader.COMPANY, Reader.TUTOR}:
        who = f"{tutor} accueille {terms.beneficiary.name}"
        return f"{who} le {at}, {place}, et donne les consignes de santé et de sécurité."
    return f"rendez-vous le {at}, {place}, avec {tutor}."


def _accident(case: Case) -> str:
    clause = accident(case.terms, case.row.agency_phone, case.row.agency_email)
    said = clause.text.replace("la structure prescriptrice", case.row.agency)
    return f"{clause.title} : {within(said)}"


def _document(case: Case) -> str:
    said = "La convention entière, avec les signatures, est sur sa page : gardez-la."
    if case.reader is Reader.TUTOR:
        return f"{said} Pour l’ouvrir, connectez-vous avec cette adresse e-mail."
    return said


def _deposit(case: Case) -> str:
    if case.row.kind is not Kind.PMSMP:
        return ""
    return (
        "À faire : déposez-la sur le téléservice de l’État, puis écrivez le numéro de l’accusé de dépôt "
        "sur la page de la convention."
    )


def _how(case: Case) -> str:
    signatory, what = case.person.signatory, immersion(case.terms, case.reader)
    if signatory is None or signatory.signed_at is None:
        return ""
    when = french_moment(signatory.signed_at)
    if signatory.channel == "paper":
        return f"Votre signature sur papier de la convention de {what} est enregistrée depuis le {when}."
    return f"Nous avons bien reçu votre signature de la convention de {what}, le {when}."


def _task(case: Case) -> str:
    what = "À pré-valider" if _counsels(case.row) else "À valider"
    if case.begins is None or case.begun:
        return f"{what}, dates passées"
    if case.begins.date() == case.today:
        return f"{what} aujourd’hui avant {french_time(case.begins.time())}"
    return f"{what} avant le {french_date(case.begins.date())}"


def _counsels(row: ConventionRow) -> bool:
    return row.two_step and row.status is not Status.PRE_APPROVED


def _late(case: Case) -> str:
    if case.row.status in SIGNABLE or not case.begun:
        return ""
    return "La première heure prévue est passée : changez les dates, ou refusez la convention."


def _call(case: Case) -> str:
    """How the agency is reached."""
    return ", ".join(filter(None, (show_phone(case.row.agency_phone), case.row.agency_email)))


def _author(case: Case) -> str:
    """Whose side changed the convention: nobody is named."""
    line = _line(case, Line.EDITED) if case.event is Event.CONVENTION_EDITED else None
    return within(AS_LABELS[As(line.told["as"])]) if line and line.told else ""


def _replaced(case: Case) -> str:
    """For who decides: the addresses that others than their owners changed."""
    return "\n".join(one.text for one in replaced(case.story, case.terms)) if case.reader in AGENTS else ""


def _steps(case: Case) -> str:
    """What the reader does next."""
    row = case.row
    if row.status in ENDED:
        return _after_the_end(case)
    if case.reader not in AGENTS:
        return _signer_next(case)
    if row.status in SIGNABLE:
        return "Il manque encore des signatures : nous vous écrirons quand tout le monde aura signé."
    verb = "pré-validez-la" if _counsels(row) else "validez-la"
    return f"Relisez-la, puis {verb}, ou refusez-la en disant pourquoi."


def _after_the_end(case: Case) -> str:
    cancelled = case.row.status is Status.CANCELLED
    if case.row.status is Status.EXPIRED:
        said = "Vous n’avez rien à faire. Pour une autre immersion, préparez une nouvelle convention."
        return f"{said} L’immersion a eu lieu quand même ? Dites-le à {case.row.agency}."
    if case.reader in AGENTS:
        who = "qui l’ont signée et la personne qui accueille" if cancelled else "qui devaient signer"
        return f"Les personnes {who} le savent. {_unreached(case) or 'Vous n’avez rien à faire.'}"
    away = f"{_away(case, ', ou plus,' if cancelled else '')} : un accident ne serait pas couvert."
    why = "Pour la suite" if cancelled else "Pour préparer une nouvelle convention"
    return f"{away} {why}, contactez d’abord {_contact(case)}."


def _away(case: Case, more: str) -> str:
    """Who stays away, as the reader is concerned."""
    person = case.terms.beneficiary.name
    if case.reader is Reader.BENEFICIARY:
        return f"N’allez pas{more} dans l’entreprise"
    if case.reader in {Reader.COMPANY, Reader.TUTOR}:
        return f"N’accueillez pas{more} {person}"
    return f"{person} ne va pas{more} dans l’entreprise"


def _unreached(case: Case) -> str:
    """For the agency: whom no message of ours tells."""
    if not case.unreached or case.reader not in AGENTS:
        return ""
    named = ", ".join(_named(case.terms, one) for one in case.unreached)
    return f"À prévenir vous-même, sans adresse e-mail ni mobile : {named}."


def _contact(case: Case) -> str:
    """The agency, and how it is reached when that is known."""
    call = _call(case)
    return f"{case.row.agency} ({call})" if call else case.row.agency


def _other(case: Case) -> str:
    """Whom the reader warns besides the agency."""
    host = case.reader in {Reader.COMPANY, Reader.TUTOR}
    return case.terms.beneficiary.name if host else case.terms.host.name


def _arrival(case: Case) -> str:
    asked = case.reader is Reader.BENEFICIARY
    return f"À votre arrivée, demandez {case.terms.host.tutor.name}." if asked else ""


def _why(case: Case) -> str:
    """Why somebody who does not go to the company is written to."""
    if case.reader is not Reader.REPRESENTATIVE:
        return ""
    whose = of_name(case.terms.beneficiary.name)
    return (
        f"Vous recevez ce message comme représentant légal ou représentante légale {whose}, qui a moins de "
        "18 ans : sans votre signature, l’immersion ne peut pas commencer."
    )


def _sender(case: Case) -> str:
    """Who shares a draft: an agency by its name, a side by what it is."""
    whom = case.ids.get("as")
    if whom in {As.COUNSELLOR, As.VALIDATOR}:
        return case.row.agency
    return AS_LABELS[As(whom)] if whom else ""


def _signer_next(case: Case) -> str:
    signatory = case.person.signatory
    if case.row.status in SIGNABLE and signatory is not None and signatory.signed_at is None:
        return "Votre signature manque encore : ouvrez la convention pour la lire et la signer."
    return f"Vous n’avez rien à faire : nous vous écrirons dès que {case.row.agency} aura décidé."


_SAID: Mapping[str, Callable[[Case], str]] = {
    "accident": _accident,
    "arrival": _arrival,
    "author": _author,
    "call": _call,
    "contact": _contact,
    "deposit": _deposit,
    "document": _document,
    "first_day": _first_day,
    "how": _how,
    "late": _late,
    "other": _other,
    "replaced": _replaced,
    "sender": _sender,
    "steps": _steps,
    "task": _task,
    "unreached": _unreached,
    "why": _why,
}


def _line(case: Case, kind: Line) -> Entry | None:
    """The line of the story that the event wrote."""
    version = case.ids.get("version")
    wanted = version - 1 if version and kind is Line.TUTOR_CHANGED else version
    former = case.ids.get("former")
    for one in reversed(case.story):
        same = (wanted is None or one.version == wanted) and former in {None, one.facts.get("from")}
        if one.kind == kind and same:
            return one
    return None


def _reason(case: Case) -> str:
    if case.event is not Event.CONVENTION_TRANSFERRED:
        return case.row.status_reason
    line = _line(case, Line.TRANSFERRED)
    return str(line.told.get("reason", "")) if line and line.told else ""


def _changes(case: Case) -> list[str]:
    """What an edit changed, field by field."""
    kind = {
        Event.CONVENTION_EDITED: Line.EDITED,
        Event.CONVENTION_TUTOR_CHANGED: Line.TUTOR_CHANGED,
    }.get(case.event)
    line = _line(case, kind) if kind else None
    if line is None or not line.told:
        return []
    own = case.reader in {Reader.BENEFICIARY, Reader.REPRESENTATIVE, *AGENTS}
    told = zip(line.facts["fields"], line.told["changes"], strict=True)
    return [_change(path, one) for path, one in told if own or path != _SITUATION]


def _change(path: str, one: Mapping[str, str]) -> str:
    if path.rpartition(".")[2] in _COORDINATES:
        return f"{one['label']} : changé"
    before, after = (" ".join(one[name].split()) for name in ("before", "after"))
    return f"{one['label']} : {_short(before)} → {_short(after)}"


def _short(text: str) -> str:
    return text if len(text) <= _MAX_VALUE else f"{text[:_MAX_VALUE].rstrip()}…"
