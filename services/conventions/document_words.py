"""The sentences of the PDF of a convention that do not depend on who writes it, each with its source."""

from domain.convention import Kind
from domain.terms import Coverage, Terms

TITLES = {
    Kind.PMSMP: "Convention d’immersion professionnelle",
    Kind.MINI_STAGE: "Convention de mini-stage",
}
LAWS = {
    Kind.PMSMP: "Code du travail, articles L5135-1 à L5135-8 et D5135-1 à D5135-8 ; décret n° 2023-1304",
    Kind.MINI_STAGE: "Code de l’éducation, article L332-3-1 ; Code du travail, article L4153-1",
}
STATUS_PAPER = "À signer à la main, puis à remettre à la structure prescriptrice"
STATUS_BLANK = "Formulaire à remplir, un par immersion"
VALIDATION = "La structure prescriptrice"
TUTOR = "Accueille, suit et donne les consignes de santé et de sécurité"
NO_AGREEMENT = "Aucune"
NO_HAZARD = (
    "La liste des travaux interdits aux moins de 18 ans (Code du travail, articles D4153-15 à D4153-37) "
    "a été lue : aucun n’est confié."
)
BY_ACCOUNT = "Compte professionnel de la structure, après connexion"
BLANK_PERSON = (
    "Représentant légal (mineur)",
    "Employeur actuel, SIRET",
    "Signe pour l’employeur",
)
BLANK_HAZARDS = "Si moins de 18 ans, travaux interdits (D4153-15 à D4153-37) lus, aucun confié : oui ou non"
BLANK_SIGNATORIES = (
    "La personne accueillie",
    "Son représentant légal, si elle a moins de 18 ans",
    "L’entreprise d’accueil",
    "L’employeur actuel, si la personne est en emploi",
    "La structure prescriptrice",
)
CHANNELS = {
    "email": "Code à usage unique envoyé à l’adresse e-mail",
    "sms": "Code à usage unique envoyé par SMS au",
    "paper": "Signature à la main sur papier",
}
"""How somebody signed."""
_CODE = (
    "Chaque personne a lu le texte dont l’empreinte figure ci-dessus, puis a saisi un code à six chiffres "
    "envoyé à elle seule. Le service garde avec la preuve son adresse IP et son navigateur."
)
_CHAIN = (
    "Chaque étape de la convention est une ligne d’un récit, et chaque ligne scelle la précédente avec une "
    "clé gardée hors de la base de données. Le dernier maillon est imprimé ici : une ligne changée après "
    "coup se voit."
)
_SEAL = (
    "Le fichier PDF porte le cachet électronique du service (PAdES). C’est un cachet technique, qui prouve "
    "que le fichier n’a pas changé ; ce n’est pas un cachet qualifié au sens du règlement eIDAS."
)
EXPLAINED = (_CODE, _CHAIN, _SEAL)
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


def accident(terms: Terms, prescriber: str, reach: str) -> list[str]:
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
