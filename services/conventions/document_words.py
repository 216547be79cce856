"""The sentences of the PDF of a convention that do not depend on who writes it, each with its source."""

from domain.convention import Kind

TITLES = {
    Kind.PMSMP: "Convention d’immersion professionnelle",
    Kind.MINI_STAGE: "Convention de mini-stage",
}
LAWS = {
    Kind.PMSMP: "Code du travail, articles L5135-1 à L5135-8 et D5135-1 à D5135-8 ; décret n° 2023-1304",
    Kind.MINI_STAGE: "Code de l’éducation, article L332-3-1 ; Code du travail, article L4153-1",
}
STATUS_PAPER = "À signer à la main, puis à remettre à la structure prescriptrice"
PRINTED = "Version {version} (empreinte {mark})"
"""Which text a copy to sign is of: `mark`, the first letters of the hash of its text."""
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
