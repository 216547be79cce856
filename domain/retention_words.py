"""The table of `domain.retention` in French, as the page on personal data shows it."""

from dataclasses import dataclass
from datetime import timedelta

from domain.retention import RETENTION, WARNED_BEFORE, Kept

_DAYS_A_YEAR = 365


@dataclass(frozen=True, slots=True)
class Said:
    """What is kept, and what its time runs after, in French."""

    what: str
    since: str


RETENTION_WORDS = {
    Kept.UNUSED_ACCOUNTS: Said(
        "Un compte qui ne sert plus, avec tout ce qu’il contient",
        "votre dernière connexion, ou votre dernière immersion ; "
        f"nous vous prévenons {WARNED_BEFORE.days} jours avant",
    ),
    Kept.UNCLAIMED_PASSPORTS: Said(
        "Un passeport sans compte, gardé pour un navigateur", "sa dernière visite"
    ),
    Kept.UNCLAIMED_FILES: Said(
        "Un dossier commencé avec un agent, que vous n’avez pas repris", "la fin de l’accompagnement"
    ),
    Kept.PERSON_SEARCHES: Said("Une recherche faite pour vous par un agent", "la dernière fois"),
    Kept.WITHDRAWN_CONSENTS: Said("La preuve d’un accord que vous avez retiré", "le retrait"),
    Kept.AUDIT: Said("Qui a ouvert un dossier, ou pris une décision", "l’ouverture ou la décision"),
    Kept.SESSIONS: Said(
        "Un appareil connecté à votre compte", "votre déconnexion, ou 12 heures après le début"
    ),
    Kept.SIGN_INS: Said("Une demande de lien de connexion", "la demande"),
    Kept.OIDC_FLOWS: Said("Une connexion commencée par ProConnect", "son début"),
    Kept.LINKS: Said("Un lien envoyé par e-mail, illisible pour nous", "la fin de sa validité"),
    Kept.EMAILS: Said("La liste des e-mails envoyés, sans leur texte", "l’envoi"),
    Kept.SMS: Said("La liste des SMS envoyés, sans leur texte", "l’envoi"),
    Kept.INBOUND_MAILS: Said(
        "Les réponses reçues par e-mail, effacées dès qu’elles sont transmises", "leur arrivée"
    ),
    Kept.BOUNCES: Said("Les e-mails qui nous reviennent, sans l’adresse en clair", "leur retour"),
    Kept.ADDRESS_STATES: Said(
        "Les adresses qui ne répondent plus, illisibles pour nous", "le dernier retour"
    ),
    Kept.UNPROVED_REGISTRATIONS: Said(
        "Une inscription d’entreprise commencée, ou pas confirmée", "le dernier changement"
    ),
    Kept.ENDED_REGISTRATIONS: Said(
        "Une inscription d’entreprise publiée ou refusée", "la publication ou le refus"
    ),
    Kept.CONTACT_DRAFTS: Said("Une demande d’immersion commencée, pas envoyée", "le dernier changement"),
    Kept.MESSAGE_BODIES: Said("Le texte des messages d’une demande d’immersion", "leur envoi"),
    Kept.DISCUSSION_FILES: Said("Les CV et les fichiers joints à une demande", "leur envoi"),
    Kept.CLOSED_DISCUSSIONS: Said("Une demande d’immersion refusée, retirée ou sans réponse", "sa fermeture"),
    Kept.DISCUSSIONS: Said("Une demande d’immersion acceptée", "la dernière décision"),
    Kept.SAVED_SEARCHES: Said("Une recherche que vous avez enregistrée", "votre dernière visite"),
    Kept.CONVENTION_DRAFTS: Said(
        "Un brouillon de convention, ou une convention pas signée dont la personne a supprimé son compte",
        "le dernier changement",
    ),
    Kept.UNVALIDATED_CONVENTIONS: Said(
        "Une convention refusée, abandonnée, pas validée, ou annulée avant de commencer",
        "la dernière décision",
    ),
    Kept.CONVENTIONS: Said(
        "Une convention validée et son bilan, avant leur archivage : on ne les ouvre plus sans raison",
        "la fin de l’immersion (dès la fin, si la personne a supprimé son compte)",
    ),
    Kept.ARCHIVED_CONVENTIONS: Said(
        "Une convention archivée, avant d’être vidée des noms : il reste des nombres", "la fin de l’immersion"
    ),
    Kept.CONVENTION_TEMPLATES: Said(
        "Un modèle de convention, avec les coordonnées de l’entreprise, du tuteur et du conseil",
        "son enregistrement",
    ),
    Kept.COMPANY_INVITATIONS: Said("Une invitation à rejoindre une entreprise", "le dernier envoi"),
    Kept.AGENCY_INVITATIONS: Said("Une invitation à rejoindre une structure", "le dernier envoi"),
    Kept.DONE_WORK: Said("La liste des envois et des tâches faits, sans nom", "leur fin"),
    Kept.SCHEDULED_RUNS: Said("La liste des passages des tâches de nuit, sans nom", "leur passage"),
}


def length_words(life: timedelta) -> str:
    """A length as people say it: `aussitôt`, `1 jour`, `60 jours`, `2 ans`."""
    days = life.days
    years = round(days / _DAYS_A_YEAR)
    if not days:
        return "aussitôt"
    if years and abs(days - years * _DAYS_A_YEAR) <= years:
        return "1 an" if years == 1 else f"{years} ans"
    return "1 jour" if days == 1 else f"{days} jours"


def retention_table() -> tuple[tuple[str, str], ...]:
    """What is kept, and how long after what it goes: what concerns people most comes first."""
    return tuple(
        (said.what, f"{length_words(RETENTION[kept].life)} après {said.since}")
        for kept, said in RETENTION_WORDS.items()
    )
