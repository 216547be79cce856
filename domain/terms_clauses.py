"""What signing a convention commits to, in plain words: the law's rules that are the same for everybody."""

from dataclasses import dataclass

from domain.contacts import show_phone
from domain.convention import Kind
from domain.terms import Coverage, Terms


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing that signing commits to."""

    title: str
    text: str


_PUPIL = Clause(
    "Un statut d’élève",
    "La personne reste élève de son établissement. Elle découvre un métier : elle n’occupe pas un poste et "
    "n’est pas payée.",
)
_STATUS = Clause(
    "Pas de salaire, un statut gardé",
    "L’entreprise ne paie pas la personne : elle peut seulement lui offrir une gratification. La personne "
    "garde son statut et ses allocations. Si elle a un emploi, elle retrouve son poste à la fin "
    "(Code du travail, L5135-3).",
)
_WELCOME = Clause(
    "Un accueil, pas un poste",
    "L’entreprise accueille la personne, lui donne les consignes de sécurité et les équipements. Elle ne lui "
    "fait remplacer aucun salarié. La personne suit les règles de l’entreprise et les horaires écrits ici.",
)
_STOP = Clause(
    "Si l’immersion s’arrête",
    "Chacun peut l’arrêter avant la fin : il prévient les autres et la structure prescriptrice le jour même.",
)
_SIGNATURES = Clause(
    "Les signatures",
    "Chaque personne signe ce document par un code reçu sur son mobile ou par e-mail, ou sur papier. La "
    "structure prescriptrice signe en dernier, en validant. L’immersion ne commence pas avant.",
)


def clauses(terms: Terms, phone: str = "") -> tuple[Clause, ...]:
    """In the order of the document; `phone` is the prescriber's, called after an accident."""
    status = _PUPIL if terms.kind is Kind.MINI_STAGE else _STATUS
    return (status, _WELCOME, accident(terms, phone), _STOP, _SIGNATURES)


def accident(terms: Terms, phone: str) -> Clause:
    """Who is called and by when: 24 h to tell, 48 h to declare (sécurité sociale, R441-2 and R441-3)."""
    employer = terms.coverage is Coverage.EMPLOYER
    whom = "l’employeur actuel" if employer else "la structure prescriptrice"
    number = terms.employer.contact.phone if employer else phone
    call = f"{whom} (au {show_phone(number)})" if number else whom
    return Clause(
        "En cas d’accident",
        f"La personne est couverte pendant l’immersion et sur le trajet, par {whom}. Après un accident : "
        f"appelez les secours (15 ou 112), puis prévenez {call} dans les 24 heures. C’est {whom} qui déclare "
        "l’accident, dans les 48 heures.",
    )
