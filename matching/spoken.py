"""What people write of themselves, made ready to compare: the telling words, and where they stand.

Everyday French is not that of the referential. Words that say nothing of an occupation (« j'ai bossé »,
« en CDI », « tickets restaurant ») are left out; familiar words give those that the referential uses
(« gosses » → enfant); words run together are cut (« jfaisais », « lhotel »); and what a person says
they do not do, or do not want any more, is not read at all.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from domain.values import fold
from matching.stems import SMALL_WORDS, stem, stems_of_folded

_WORD = re.compile(r"[^\W_]+")
_SILENT = frozenset(
    re.findall(
        r"[a-z0-9]+",
        # the person, and the ways of saying that one worked
        "adorais adore aimais aime aimerais aimerait ans aout apres aujourd autre autres avril bah "
        "beaucoup ben besoin bien bossais bossait bosse bossees bosser bosses boulot boulots cad "
        "capable cent chaque cherche chercher chui chuis cinq commencais commence contrat copain "
        "copains copine copines coup cousin cousine dc decembre deja depuis dimanche dix dizaine ds end "
        "entier envie fallait faut femme fesaient fesais fesait fevrier frere freres genre gens gros "
        "grosse habitude heure heures hier hui huit jai jaime janvier jaurais javais jetaient jetais "
        "jeudi jeune job jobs jours juillet juin ke ki lundi mai maintenant mardi mari mars matins "
        "mercredi mere midi moi mois neuf novembre occupais occupait occupe occuper octobre oncle "
        "parents parfois pdt pere petit petite peux plusieurs pote potes pourrais pouvais preferais "
        "prefere premier premiere presque quatre quelque quelques samedi semaine semaines sept "
        "septembre six soeur soeurs soir soiree soirs souvent stage stages suite super surtout taf "
        "avoir bonjour bonsoir quoi salut svp taffais taffe taffer tante temps tonton toujours toute trente "
        "trop truc trucs vais vendredi "
        "veux vingt voila voudrais voulais vouloir vrai vraiment week weekend "
        # the conditions of a job offer
        "actuellement agence amplitude anciennete annualisee annualisees annuelle apprecie appreciee "
        "astreinte autonome autonomie avantages bac bonne bonus candidat candidate candidature "
        "candidatures cap cdd cdi coefficient competitif confirme connaissance consecutifs convention "
        "debutant debutante debutants demande demandee deplacements diplome diplomes disponible "
        "dynamique dynamisme employeur esprit etude euros evolution exige exigee experience experiences "
        "fixe fonction fourni fournie fournis h hf horaire horaires idealement imperatif imperativement "
        "indispensable integrer integrez interim interimaire interimaires majorations mensuel mensuelle "
        "merci mission missions motivation motive motivee mutuelle niveau obligatoire offre offres "
        "organise panier perspective plannings polyvalence ponctualite ponctuel ponctuelle possede "
        "possibilite possible pourboires pourvoir prevoyance prime primes proactif profil qualification "
        "qualites recherche recherchez recherchons recrute recrutons rejoignez rejoindre remuneration "
        "remunere repos requis requise responsabilites rigoureuse rigoureux rigueur roulement "
        "saisonnier salaire savez secteur sens serieuse serieux smic souhaite souhaitee souriant "
        "souriante taux ticket tickets titulaire treizieme type vacation vacations valide volontaire "
        "vous",
    ),
)
"""Beside the small words of `stems`: what says nothing here, though the referential may use it."""
_BARE_PHRASES = re.compile(
    r"tickets?[ -]restaurants?|restaurant d['’ ]entreprise|agence d['’ ]int[ée]rim"
    r"|temps (?:partiel|plein|complet)|permis [a-e]\b|carte conducteur|v[ée]hicule indispensable"
    r"|repas (?:offerts?|fournis?)"
    r"|se servir d|postes? d[e'’]|lettre de motivation|(?:travail|esprit) d['’ ][ée]quipe|prise de poste"
    r"|ch[èe]que emploi service",
    re.IGNORECASE,
)
"""Usual phrases of job offers whose words would tell of another occupation."""
_FAMILIAR = {
    word: plain
    for line in (
        "gosse gosses mioche mioches mome momes bambin bambins petits marmot chiard loupiot:enfant",
        "bagnole bagnoles tuture:voiture automobile",
        "camtar camtars:camion",
        "mob mobs mobylette mobylettes scoot scoots scooter scooters:deux roues motocycle",
        "ordi ordis pc pcs:ordinateur informatique",
        "fringue fringues sape sapes habit habits:vetement",
        "papi papy mamie mamy papis mamies vieux anciens:personne agee",
        "appart apparts piaule:appartement logement",
        "resto restos:restaurant",
        "compta:comptable comptabilite",
        "mecano mecanos:mecanicien mecanique",
        "toubib docteur:medecin",
        "veto vetos:veterinaire",
        "clebs toutou toutous cabot:chien",
        "frigo frigos:refrigerateur electromenager",
        "telephone tel portable portables smartphone:telephone",
        "bouffe bouffes graille:repas cuisine",
        "bidoche barbaque:viande",
        "patate patates:pomme legume",
        "tif tifs tignasse:cheveux",
        "tresse tresses natte nattes:coiffure cheveux coiffer",
        "tatie nounou nounous babysitting baby:garde enfant",
        "flotte:eau",
        "haie haies:vegetal arbuste",
        "elec electr:electricite electricien",
        "placo ba13 placoplatre:plaque platre cloison",
        "parpaing parpaings agglo agglos:maconnerie parpaing",
        "clark fenwick transpalette:chariot elevateur",
        "vtc:chauffeur vtc",
        "uber deliveroo:coursier livrer",
        "kebab tacos burger burgers hamburger macdo mcdo mcdonald fastfood:restauration rapide hamburger",
        "ehpad:personne agee etablissement",
        "alzheimer:personne agee dependante",
        "handicape handicapee handicapes:handicap",
        "bebe bebes nourrisson nourrissons:petite enfance enfant",
        "drh rh:ressources humaines",
        "insta instagram tiktok facebook:reseaux sociaux",
        "photoshop illustrator indesign:graphique graphisme",
        "excel word powerpoint tableur:bureautique",
        "arabe anglais espagnol turc portugais roumain dari ukrainien russe:langue",
        "mouton moutons brebis agneau agneaux:ovin",
        "vache vaches veau veaux:bovin",
        "cochon cochons porc porcs truie:porcin",
        "poule poules poulet poulets poussin dinde canard canards:volaille",
        "vigile videur:securite surveillance",
        "flic flics keuf:policier",
        "poubelle poubelles ordure ordures:dechet poubelle ordure",
    )
    for words, _, plain in [line.partition(":")]
    for word in words.split()
}
"""Familiar words, and what the referential says instead (beside the word itself)."""

_TIMES = r"(?:surtout|vraiment|trop|du tout|forcement|forcément)\s+"
_WILL = (
    r"(?:veux|veut|voulais|voudrais|peux|peut|pouvais|souhaite|aime|aimais|aimerais|supporte|cherche|sais"
    r"|savais|ferai|referai)"
)
_REFUSED = re.compile(
    rf"\bj?{_WILL}\s+(?:{_TIMES})?(?:plus|pas|jamais|ni)\b(?!\s+que\b)"
    r"|\b(?:pas|jamais|ni)\s+(?:de|d['’]|du|des|faire|fait|[eêé]tre|[eé]t[eé]|la|le|les|en|dans)\b"
    r"|\b(?:sauf|marre|sans)\b|\bplut[oô]t\s+que\b|\bau\s+lieu\b"
    r"|\b(?:ne|n['’])\s*\w+\s+(?:plus|pas|jamais)\b(?!\s+que\b)",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(
    r"[,;.:!?\n()]|\b(?:mais|donc|alors|avant|par contre|je|j['’]|on)(?=\s|\b)|\bj(?=[ae]\w)"
    r"|\bet\b(?!\s+(?:du|des|de|d['’]|ni|la|le|les)\b)",
    re.IGNORECASE,
)


_PLACE = re.compile(r"\b(?:dans|chez)\b", re.IGNORECASE)
_PLACED = 0.8
"""What a word that says where is worth, against 1: in a garage one repairs, but also sells or cleans."""


@dataclass(frozen=True, slots=True)
class Word:
    """A telling word, folded, with the stems to look for and its characters [start, end) in the text.

    `sure`, in ]0, 1]: what it is worth; less when it only says where the work was.
    """

    said: str
    stems: tuple[str, ...]
    start: int
    end: int
    sure: float = 1.0


def telling_words(text: str, is_known: Callable[[str], bool]) -> list[Word]:
    """The words of a text that tell something, in order; `is_known`: the referential has the stem."""
    unread = [match.span() for match in _BARE_PHRASES.finditer(text)] + list(refused(text))
    found = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        if any(low <= start < high for low, high in unread):
            continue
        said = [_apart(word, is_known) for word in fold(match.group()).split()]
        said = [word for word in said if len(word) > 1 and word not in SMALL_WORDS and word not in _SILENT]
        plain = [each for word in said for each in _FAMILIAR.get(word, "").split()]
        if said:
            stems = tuple(dict.fromkeys(stem(word) for word in [*said, *plain]))
            found.append(Word(" ".join([*said, *plain]), stems, start, end))
    return _placed(text, found)


def telling_stems(folded: str) -> list[str]:
    """Stems of an everyday phrase without the words that say nothing; all of them if none says anything."""
    return stems_of_folded(" ".join(word for word in folded.split() if word not in _SILENT)) or (
        stems_of_folded(folded)
    )


def refused(text: str) -> Iterable[tuple[int, int]]:
    """Where a text says what the person does not do, cannot do or does not want any more."""
    return _clauses(_REFUSED, text)


def _clauses(opening: re.Pattern[str], text: str) -> Iterable[tuple[int, int]]:
    """From each opening to the end of its clause."""
    at = 0
    while match := opening.search(text, at):
        ended = _CLAUSE_END.search(text, match.end())
        at = ended.start() if ended else len(text)
        yield match.start(), at


def _placed(text: str, words: list[Word]) -> list[Word]:
    """The words, those that say where worth less, unless all do."""
    places = list(_clauses(_PLACE, text))
    there = [any(low <= word.start < high for low, high in places) for word in words]
    if all(there):
        return words
    return [replace(word, sure=_PLACED) if at else word for word, at in zip(words, there, strict=True)]


def _apart(word: str, is_known: Callable[[str], bool]) -> str:
    """The word without the « j' » or « l' » written as one with it."""
    if word in SMALL_WORDS or word in _SILENT:
        return word
    if re.match(r"j[bcdfghklmnpqrstvwxz]", word):
        return word[1:]
    if re.match(r"[jldmtsnc][aeiouyh]", word) and not is_known(stem(word)) and is_known(stem(word[1:])):
        return word[1:]
    return word
