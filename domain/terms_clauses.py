"""What signing a convention commits to, in plain words: the same on the page signed and on the paper."""

from dataclasses import dataclass

from domain.contacts import show_phone
from domain.convention import Kind
from domain.terms import Coverage, Terms

_ACCESS = (
    "La personne a accès aux moyens de transport et aux installations collectives de l’entreprise, "
    "comme les salariés."
)
_RULES = (
    "La personne suit les horaires, les consignes de santé et de sécurité et les règles de l’entreprise. "
    "Elle garde pour elle ce qui est confidentiel."
)
_END = (
    "À la fin, l’entreprise et la personne font le bilan avec la structure d’accompagnement. Pour arrêter "
    "plus tôt ou changer la convention, prévenez avant la structure prescriptrice."
)


def commitments(terms: Terms) -> list[str]:
    """What each one undertakes (Code du travail, L5135-3 for pay, status, transport and premises)."""
    given = terms.activity.gratuity
    gratuity = f"Elle offre une gratification : {given}." if given else "Elle peut offrir une gratification."
    paid = f"L’entreprise ne verse pas de rémunération. {gratuity}"
    return [paid, _status(terms), _ACCESS, _covered(terms), _RULES, _END]


def _status(terms: Terms) -> str:
    if terms.kind is Kind.MINI_STAGE:
        return "L’élève garde son statut scolaire pendant le mini-stage."
    kept = "La personne garde son statut et le régime d’indemnisation qu’elle avait avant l’immersion"
    if terms.employed:
        return f"{kept} ; son contrat de travail continue et elle retrouve son poste ensuite."
    return f"{kept}."


def _covered(terms: Terms) -> str:
    who = "La structure prescriptrice"
    if terms.coverage is Coverage.EMPLOYER:
        who = f"L’employeur actuel{_named(terms.employer.name)}"
    return f"{who} couvre les accidents du travail et de trajet pendant l’immersion."


def accident_steps(terms: Terms, prescriber: str, reach: str) -> list[str]:
    """What to do, in order (Code de la sécurité sociale, R441-2: 24 hours; R441-3: 48 hours)."""
    called = f"la structure prescriptrice, {prescriber}" if prescriber else "la structure prescriptrice"
    called += f" ({reach})" if reach else ""
    declares = "la structure prescriptrice"
    if terms.coverage is Coverage.EMPLOYER:
        declares = f"l’employeur actuel{_named(terms.employer.name)}"
        called += " et l’employeur actuel"
    warned = f"Prévenez {called}, tout de suite et dans les 24 heures au plus tard."
    declared = f"Ensuite, {declares} déclare l’accident à la caisse d’assurance maladie dans les 48 heures"
    return [
        "Appelez les secours si besoin : 15 (SAMU), 18 (pompiers) ou 112.",
        f"{warned} L’entreprise le fait si la personne ne le peut pas.",
        "Faites constater les blessures par un médecin : demandez le certificat médical initial.",
        f"{declared}, dimanches et jours fériés non compris.",
    ]


def _named(name: str) -> str:
    return f", {name}," if name else ""


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing that a mail repeats of the document."""

    title: str
    text: str


def accident(terms: Terms, phone: str, email: str) -> Clause:
    """Who is called and by when: 24 h to tell, 48 h to declare (sécurité sociale, R441-2 and R441-3)."""
    employer = terms.coverage is Coverage.EMPLOYER
    whom = "l’employeur actuel" if employer else "la structure prescriptrice"
    boss = terms.employer.contact
    number, address = (boss.phone, boss.email) if employer else (phone, email)
    reach = ", ".join(filter(None, (f"au {show_phone(number)}" if number else "", address)))
    call = f"{whom} ({reach})" if reach else whom
    return Clause(
        "En cas d’accident",
        f"La personne est couverte pendant l’immersion et sur le trajet, par {whom}. Après un accident : "
        f"appelez les secours (15 ou 112), puis prévenez {call} dans les 24 heures. C’est {whom} qui déclare "
        "l’accident, dans les 48 heures.",
    )
