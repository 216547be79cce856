"""French words cut to a stem, so that « je taillais », « tailler » and « la taille » meet.

A light stemmer: one ending is taken off, the longest of a list that covers the present, the imperfect and
the past participle in which people tell what they did, the infinitives and nouns in which the ROME says
it, and both genders. It is not a dictionary; words that the endings would cut wrong are listed. On
sentences of people it ranks occupations better than the Snowball stemmer, which keeps verbs and their
nouns apart.
"""

import re
from functools import lru_cache

from domain.values import fold

_ENDINGS_BY_SIZE = sorted(
    re.findall(
        r"[a-z]+",
        (
            "issements issement issaient issait issais issant ations ation ements ement ateurs ateur "
            "atrices atrice euses euse eurs eur ives ive ifs if iciens icien iciennes icienne iques ique "
            "aisons aison ables able ages age ieres iere iers ier eries erie aient iez ait ais ants ant ees "
            "ee es er ez ir re ent e s x i is it u us ue"
        ),
    ),
    key=lambda ending: (-len(ending), ending),
)
_INFINITIVE = re.compile(
    r"(?:(?:[aeo]n|in|er|or|ou)d|(?:at|et)t|(?:sui|^vi|survi)v"
    r"|dui|cui|trui|cri|plai|fai|trai|oi|^li|^di|fri)re$"
)
"""Verbs in -re; in « je prépare » or « je livre » the r is of the stem."""
_OF_ISSER = re.compile(r"(?:a|pl|gl|v|h|t|vern|pal|tap|esqu|cou|pu)iss(?=[ae])")
"""Verbs in -isser, whose forms look like those of verbs in -ir (« je finissais »)."""
_SHORTEST = 3
"""A stem keeps at least this many letters."""
_LONG_TION, _LONG_IQU = 6, 5
"""A stem in -tion or -iqu longer than this is one of a noun or of a verb (« réception », « fabriquer »)."""
_FORMS = "e es ent ais ait aient ee ees ant ons ez"
_REGULAR = re.findall(
    r"[a-z]+",
    "activer aider aligner allouer amenager animer appliquer archiver attribuer clouer communiquer "
    "configurer contribuer cultiver degager degraisser demenager diagnostiquer distribuer effectuer "
    "elever encourager engager evacuer evaluer expliquer fabriquer graisser encaisser lessiver "
    "manager menager motiver naviguer partager pratiquer rediger repiquer restituer situer vernisser "
    "tapisser palisser visser tisser glisser plisser lisser essuyer payer employer envoyer nettoyer "
    "essayer deblayer remblayer convoyer appuyer balayer broyer depoussierer changer charger "
    "decharger ranger arranger manger plonger nager echanger corriger heberger eponger ronger "
    "soulager vidanger voyager loger proteger diriger piquer marquer remorquer elaguer conjuguer "
    "fatiguer dialoguer deleguer tuer louer jouer nouer secouer vouer muer suer coiffer decorer",
)
"""Verbs in -er some forms of which end like something else: « je fabrique », « j'encaisse »."""
_WHOLE = {
    word: name
    for line in (
        "conduis:conduire conduit conduite conduits conduisais conduisait conduisons conducteur conduction",
        "ecri:ecris ecrit ecrits ecrite ecrire ecrivais ecrivait ecriture ecritures ecrivain ecrivaine",
        "peign:peindre peins peint peinte peints peignais peignait peinture peintures peintre peintres",
        "teign:teindre teins teint teinte teintes teignais teignait teinture teintures teinturier",
        "cous:coudre couds coud cousu cousue cousais cousait couture coutures couturier couturiere",
        "cuis:cuire cuis cuit cuits cuite cuites cuisait cuisais cuisson cuissons",
        "construi:construire construis construit construisais construisait construction constructions",
        "recept:recevoir recois recoit recevais recevait recu recue recus recevez recevons",
        "serv:servir sers sert servais servait servi",
        "tond:tondre tonds tond tondu tondais tondait tonte tontes",
        "apprend:apprendre apprends apprend apprenais apprenait appris",
        "accueil:accueillir accueille accueillais accueillait accueil accueilli accueillez",
        "cueil:cueillir cueille cueillais cueillait cueilli cueillette cueillettes",
        "entretien:entretenir entretiens entretient entretenais entretenait entretenu entretien entretenez",
        "nourri:nourrir nourris nourrit nourrissais nourrissait nourri nourrie nourrissage",
        "lect:lire lis lisais lisait lecture lectures lecteur lecteurs lectrice",
        "produi:produire produis produit produisais produisait production productions producteur",
        "distribu:distribution distributions distributeur distributeurs",
        "evac:evacuer evacue evacuais evacuait evacuation evacuations",
        "trai:traire trais trait trayais trayait trayeur trayeuse",
        "repond:repondre reponds repond repondais repondait reponse reponses repondu",
        "suiv:suivre suivais suivait suivi suivis",
        "vend:vente ventes vendu vendue vendus",
        "chauffeur:chauffeur chauffeurs chauffeuse chauffeuses",
        "pompier:pompier pompiers pompiere pompieres",
        "garage:garage garages garagiste garagistes",
        "eleves:eleves",
        "menage:menage menages menager menagers menagere menageres",
        "reliu:relieur relieuse reliure reliures",
        "reservation:reservation reservations reserver reservais",
        "reserve:reserve reserves",
        "ferme:ferme fermes fermier fermiere fermiers",
        "platre:platre platres platrier",
        "conte:conte contes conteur",
        "atelier:atelier ateliers",
        "barrage:barrage barrages",
        "barre:barre barres",
        "cartes:carte cartes",
        "chantier:chantier chantiers",
        "colis:colis",
        "contre:contre",
        "couleur:couleur couleurs",
        "courant:courant courants",
        "courrier:courrier courriers",
        "cours:cours",
        "dossier:dossier dossiers",
        "fille:fille filles",
        "logiciel:logiciel logiciels",
        "massif:massif massifs",
        "matelas:matelas",
        "materiau:materiau materiaux",
        "matiere:matiere matieres",
        "metier:metier metiers",
        "panier:panier paniers",
        "pansement:pansement pansements",
        "papier:papier papiers",
        "pays:pays",
        "portable:portable portables",
        "potager:potager potagers",
        "pressing:pressing pressings",
        "quartier:quartier quartiers",
        "tuyau:tuyau tuyaux",
        "vent:vent vents",
    )
    for name, _, words in [line.partition(":")]
    for word in words.split()
}
"""Verbs whose stem changes, and words that the endings would take for others (« chauffage », « gare »)."""
_CHANGING = {
    "coud": "cous",
    "peind": "peign",
    "peint": "peign",
    "peintur": "peign",
    "peintr": "peign",
    "repeign": "peign",
    "repeint": "peign",
    "repeind": "peign",
    "condui": "conduis",
    "conduct": "conduis",
    "soudu": "soud",
    "soudur": "soud",
    "coiffu": "coif",
    "coiffur": "coif",
    "toitu": "toit",
    "toitur": "toit",
    "tont": "tond",
    "construct": "construi",
    "nettoi": "nettoy",
    "balai": "balay",
    "soign": "soin",
    "electricit": "electr",
    "bebe": "enf",
    "gamin": "enf",
    "mome": "enf",
}
"""Stems of one verb or one thing, brought to one of them."""
SMALL_WORDS = frozenset(
    re.findall(
        r"[a-z]+",
        "a au aux avec ce ces cet cette dans de des du elle en et eux il ils j je la le les leur leurs lui l "
        "ma mais me meme mes moi mon m n ne nos notre nous on ou par pas pour qu que qui sa se ses son sur t "
        "ta te tes toi ton tu un une vos votre vous c d s y est sont ai as avons avez ont avait avais etais "
        "etait ete etre suis sais savoir faire fait faisais faisait faisaient fais font plus tres bien tout "
        "tous toute toutes aussi quand comme chez sans sous entre vers deux trois ans an fois pendant apres "
        "avant depuis jour journee nuit matin peu ca cela etc puis donc car si travaille travaillais travail "
        "travailler mettre mettais mis",
    ),
)
"""Words that say nothing of an occupation; « travailler », « faire » and « mettre » are among them."""


def _inflected() -> dict[str, str]:
    """Forms of `_REGULAR`, and the infinitive to cut instead."""
    forms: dict[str, str] = {}
    for verb in _REGULAR:
        root = verb[:-2]
        for ending in _FORMS.split():
            soft = root + "e" if root.endswith("g") and ending[0] in "ao" else root
            forms.setdefault(soft + ending, verb)
            if root.endswith("y") and ending in {"e", "es", "ent"}:
                forms.setdefault(root[:-1] + "i" + ending, verb)
    return forms


_INFLECTED = _inflected()


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The stem of one folded word; words of three letters and numbers are left as they are."""
    if len(word) <= _SHORTEST or word.isdigit():
        return word
    if word in _WHOLE:
        return _WHOLE[word]
    word = _INFLECTED.get(word, word)
    if word.endswith("aux") and not word.endswith("eaux"):  # « chevaux »
        return word[:-3] + "al"
    cut = _evened(_cut(word[:-1] if word.endswith("ons") else word))  # « camions », seldom « rangeons »
    return _CHANGING.get(cut, cut)


def stems(text: str) -> list[str]:
    """Stems of the telling words of a text, in order, repeats kept."""
    return stems_of_folded(fold(text))


def stems_of_folded(folded: str) -> list[str]:
    """The same for a text already folded."""
    return [stem(word) for word in folded.split() if is_telling(word)]


def is_telling(word: str) -> bool:
    """Whether a folded word may say something of an occupation."""
    return len(word) > 1 and word not in SMALL_WORDS


def _cut(word: str) -> str:
    """The word without its longest ending."""
    for ending in _ENDINGS_BY_SIZE:
        if len(word) - len(ending) < _SHORTEST or not word.endswith(ending):
            continue
        if ending == "re" and not _INFINITIVE.search(word):
            continue
        if ending.startswith("iss") and _OF_ISSER.search(word):
            continue
        return word[: -len(ending)]
    return word


def _evened(cut: str) -> str:
    """Without the e of « rangeais » or a double letter; nouns in -tion and verbs in -iquer meet."""
    if cut.endswith("e") and len(cut) > _SHORTEST:
        cut = cut[:-1]
    if len(cut) > _SHORTEST and cut[-1] == cut[-2]:
        cut = cut[:-1]
    if cut.endswith("tion") and len(cut) > _LONG_TION:
        cut = cut[:-3]
    if cut.endswith("iqu") and len(cut) > _LONG_IQU:
        cut = cut[:-2] + "c"
    return cut
