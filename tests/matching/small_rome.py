"""A handful of occupations whose skills, words and lists are known by heart."""

from matching.corpus import Referential

HAIR, GARDEN, TREES, BREAD, CAKES, TILL = "D1202", "A1203", "A1209", "D1102", "D1104", "D1505"

_SKILLS = {
    "1": ("Couper les cheveux", "savoir_faire", "90"),
    "2": ("Colorer une chevelure", "savoir_faire", "90"),
    "3": ("Tailler les haies", "savoir_faire", "91"),
    "4": ("Tondre une pelouse", "savoir_faire", "91"),
    "5": ("Elaguer un arbre à la tronçonneuse", "savoir_faire", "91"),
    "6": ("Pétrir une pâte à pain", "savoir_faire", "92"),
    "7": ("Cuire des gâteaux", "savoir_faire", "92"),
    "8": ("Encaisser un client", "savoir_faire", None),
    "9": ("Règles d'hygiène", "savoir", None),
    "90": ("Soigner la chevelure", "savoir_faire", None),
    "91": ("Entretenir un espace vert", "savoir_faire", None),
    "92": ("Travailler une pâte", "savoir_faire", None),
}
_LISTED = {
    HAIR: ("1", "2", "8", "9", "90"),
    GARDEN: ("3", "4", "91"),
    TREES: ("3", "5", "91"),
    BREAD: ("6", "8", "9", "92"),
    CAKES: ("6", "7", "8", "9", "92"),
    TILL: ("8",),
}
SMALL = Referential(
    occupations=[
        (HAIR, "Coiffeur / Coiffeuse"),
        (GARDEN, "Jardinier / Jardinière"),
        (TREES, "Elagueur / Elagueuse"),
        (BREAD, "Boulanger / Boulangère"),
        (CAKES, "Pâtissier / Pâtissière"),
        (TILL, "Hôte / Hôtesse de caisse"),
    ],
    skills=[
        (code, label, kind, macro, code in {"90", "91", "92"})
        for code, (label, kind, macro) in _SKILLS.items()
    ],
    links=[(rome, skill, False) for rome, skills in _LISTED.items() for skill in skills],
    mobilities=[
        (GARDEN, TREES, 1),
        (TREES, GARDEN, 1),
        (BREAD, CAKES, 1),
        (CAKES, BREAD, 1),
        (HAIR, TILL, 1),
    ],
    appellations=[(BREAD, "Ouvrier boulanger / Ouvrière boulangère")],
    definitions=[
        (TREES, "Grimpe aux arbres et coupe leurs branches."),
        (GARDEN, "Tond le gazon, taille les haies, ramasse les feuilles."),
        (CAKES, "Prépare des tartes et des gâteaux."),
    ],
    words=[("faire du pain", BREAD), ("tenir la caisse", TILL), ("tondre", GARDEN), ("coiffer", HAIR)],
)
