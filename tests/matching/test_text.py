import numpy as np
import pytest

from domain.values import fold
from matching.corpus import Corpus
from matching.letters import Letters
from matching.spoken import telling_words
from matching.stems import stem
from matching.text import PlainWords
from matching.weights import load_weights
from tests.matching.small_rome import BREAD, GARDEN, HAIR, SMALL, TILL, TREES

CORPUS = Corpus(SMALL)
PLAIN = PlainWords(CORPUS, SMALL, load_weights("text"), load_weights("offer"))


def first(text: str) -> str:
    return CORPUS.codes[int(np.argmax(PLAIN.occupations(text)))]


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("taillais", "tailler"),
        ("rangeais", "ranger"),
        ("coiffeuse", "coiffer"),
        ("repassé", "repassage"),
        ("livreur", "livraient"),
        ("peignais", "peindre"),
        ("cousais", "coudre"),
        ("conduisais", "conduire"),
        ("répare", "réparer"),
        ("prépare", "préparation"),
        ("livre", "livraisons"),
        ("encaisse", "encaisser"),
        ("fabrique", "fabricant"),
        ("nettoie", "nettoyage"),
        ("déménage", "déménageur"),
        ("distribue", "distribution"),
        ("camions", "camion"),
        ("poissons", "poissonnier"),
        ("réceptionne", "réceptions"),
        ("mécanicienne", "mécanique"),
        ("électricien", "électricité"),
    ],
)
def test_what_was_done_meets_what_is_written(said: str, written: str) -> None:
    assert stem(fold(said)) == stem(fold(written))


@pytest.mark.parametrize(
    ("one", "other"),
    [("chanter", "chantier"), ("repas", "répare"), ("courrier", "courant"), ("pape", "papier")],
)
def test_what_only_looks_alike_is_kept_apart(one: str, other: str) -> None:
    assert stem(fold(one)) != stem(fold(other))


def test_small_words_say_nothing_and_places_are_those_of_the_text() -> None:
    text = "J’ai fait du pain, et des œufs"
    assert [text[word.start : word.end] for word in telling_words(text, CORPUS.vocabulary.__contains__)] == [
        "pain",
        "œufs",
    ]


@pytest.mark.parametrize(
    ("text", "rome"),
    [
        ("je tenais la caisse", TILL),
        ("j'ai fait du pain pendant deux ans", BREAD),
        ("je tondais des pelouses", GARDEN),
        ("j'élagais des arbres à la tronsoneuse", TREES),
        ("TONDRE !!!", GARDEN),
    ],
)
def test_plain_words_find_an_occupation(text: str, rome: str) -> None:
    assert first(text) == rome


@pytest.mark.parametrize("text", ["", "   ", "je suis et tu as", "xyzzyx qwrtpq", "\u202e\u200b", "42"])
def test_what_says_nothing_finds_nothing(text: str) -> None:
    assert not PLAIN.occupations(text).any()
    assert PLAIN.skills(text) == []


def test_skills_come_with_the_words_that_say_them_in_their_order() -> None:
    text = "Je sais tailler les haies, et je coupais les cheveux"
    found = [(said.skill, text[said.start : said.end]) for said in PLAIN.skills(text)]
    assert ("3", "tailler les haies") in found
    assert ("1", "coupais les cheveux") in found
    assert [at for _, at in found] == sorted((at for _, at in found), key=text.index)


def test_no_more_skills_than_asked_the_surest_kept() -> None:
    text = "tailler les haies et couper les cheveux, tondre une pelouse"
    assert len(PLAIN.skills(text, limit=2)) == 2
    assert {said.skill for said in PLAIN.skills(text, limit=10)} >= {"1", "3", "4"}


def test_a_very_long_text_is_cut() -> None:
    assert first("tenir la caisse " + "bla " * 100_000) == TILL


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("je ne veux plus faire de caisse, je préfère la coiffure", "coiffure"),
        ("chui boulanger mais je peux plus porter des sacs", "boulanger"),
        ("j'ai jamais fait de pain et je coupais les cheveux", "coupais cheveux"),
        ("auxiliaire sans permis ni voiture", "auxiliaire"),
        ("plus de dix ans de pain", "pain"),
        ("jfaisais la caisse dans lmagasin", "caisse lmagasin"),
        ("tickets restaurant, salaire fixe, temps partiel", ""),
        ("bonjour, je voudrais savoir si je peux être boulanger", "boulanger"),
        ("je cherche un poste de boulanger svp", "boulanger"),
        ("se servir d'internet", "internet"),
    ],
)
def test_what_is_refused_and_what_tells_nothing_is_not_read(text: str, read: str) -> None:
    words = telling_words(text, CORPUS.vocabulary.__contains__)
    assert " ".join(text[word.start : word.end] for word in words) == read


def test_what_says_where_is_worth_less_unless_nothing_else_is_said() -> None:
    known = CORPUS.vocabulary.__contains__
    worth = {word.said: word.sure for word in telling_words("je vendais du pain dans un garage", known)}
    assert worth["vendais"] == worth["pain"] == 1.0
    assert 0 < worth["garage"] < 1
    assert [word.sure for word in telling_words("j'étais dans un garage", known)] == [1.0]


def test_letters_forgive_endings_that_stems_do_not() -> None:
    letters = Letters(CORPUS)
    told = letters.told([("coloriste", 1.0), ("chevelu", 1.0)])
    assert CORPUS.codes[int(np.argmax(told))] == HAIR
    assert told.max() < 1
    assert not letters.told([]).any()
    assert not letters.told([("zzzz", 1.0)]).any()


def test_words_run_together_and_familiar_words_give_those_of_the_referential() -> None:
    known = {"hotel", "enf"}.__contains__
    assert [word.stems for word in telling_words("jgardais les gosses a lhotel", known)] == [
        ("gard",),
        ("gos", "enf"),
        ("hotel",),
    ]


def test_spans_are_words_close_to_one_another() -> None:
    text = "je sais couper un peu de tout dans la maison de mes parents et aussi les cheveux des voisins"
    spans = [text[said.start : said.end] for said in PLAIN.skills(text)]
    assert all(len(span) <= 20 for span in spans)


def test_a_chauffeur_is_not_said_with_the_stem_of_heating() -> None:
    assert stem("chauffeur") != stem("chauffage")
    assert stem("chevaux") == stem("cheval")
