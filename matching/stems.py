"""French words cut to a stem, so that « je taillais », « tailler » and « la taille » meet.

A light stemmer: one ending is taken off, the longest of a list that covers the imperfect and the past
participle in which people tell what they did, the infinitives and nouns in which the ROME says it, and
both genders. It is not a dictionary; a few verbs whose stem changes are listed. On sentences of
people it ranks occupations better than the Snowball stemmer, which keeps verbs and their nouns apart.
"""

import re
from functools import lru_cache

from domain.values import fold

_ENDINGS_BY_SIZE = sorted(
    re.findall(
        r"[a-z]+",
        (
            "issements issement issions issaient issait issais issant isser ations ation ements ement "
            "ateurs ateur atrices atrice euses euse eurs eur ives ive ifs if iques ique ables able ages "
            "age ieres iere iers ier erie eries aient ions iez ais ait ant ants ees ee es er ez ir re "
            "ent ons e s x i is it u us ue"
        ),
    ),
    key=lambda ending: (-len(ending), ending),
)
_SHORTEST = 3
"""A stem keeps at least this many letters."""
_CHANGING = {
    "coud": "cous",
    "cousu": "cous",
    "peind": "peign",
    "peint": "peign",
    "peintur": "peign",
    "peintr": "peign",
    "repeign": "peign",
    "repeint": "peign",
    "repeind": "peign",
    "condui": "conduis",
    "conduct": "conduis",
    "conduit": "conduis",
    "soudu": "soud",
    "coiffu": "coif",
    "coutu": "cous",
    "toitu": "toit",
    "vent": "vend",
    "tont": "tond",
    "cueillet": "cueil",
    "entreten": "entretien",
    "construct": "construi",
    "nettoi": "nettoy",
    "balai": "balay",
    "soign": "soin",
    "bebe": "enf",
    "gamin": "enf",
    "mome": "enf",
}
"""Stems of one verb or one thing, brought to one of them."""
_WHOLE = {
    word: name
    for words, name in (
        ("chauffeur chauffeurs chauffeuse chauffeuses", "chauffeur"),
        ("pompier pompiers pompiere pompieres", "pompier"),
        ("garage garages garagiste garagistes", "garage"),
        ("eleve eleves", "eleves"),
        ("menage menages menager menagers menagere menageres", "menage"),
        ("barrage barrages", "barrage"),
        ("barre barres", "barre"),
        ("colis", "colis"),
        ("materiau materiaux", "materiau"),
        ("tuyau tuyaux", "tuyau"),
    )
    for word in words.split()
}
"""Words that the endings would take for others: « chauffage », « pompe », « gare », « élevage »."""
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


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The stem of one folded word; words of three letters and numbers are left as they are."""
    if len(word) <= _SHORTEST or word.isdigit():
        return word
    if word in _WHOLE:
        return _WHOLE[word]
    if word.endswith("aux") and not word.endswith("eaux"):  # « chevaux »
        return word[:-3] + "al"
    for ending in _ENDINGS_BY_SIZE:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST:
            word = word[: -len(ending)]
            break
    if word.endswith("e") and len(word) > _SHORTEST:  # the e of « rangeais »
        word = word[:-1]
    if len(word) > _SHORTEST and word[-1] == word[-2]:
        word = word[:-1]
    return _CHANGING.get(word, word)


def stems(text: str) -> list[str]:
    """Stems of the telling words of a text, in order, repeats kept."""
    return stems_of_folded(fold(text))


def stems_of_folded(folded: str) -> list[str]:
    """The same for a text already folded."""
    return [stem(word) for word in folded.split() if len(word) > 1 and word not in SMALL_WORDS]
