"""What is left of a reply once what it answers is gone: each mail reader quotes in its own way."""

import time

import pytest

from domain.reply_text import MARK, reply_of, text_of_html

HISTORY = "> Bonjour,\n>\n> Zoé aimerait faire une immersion.\n"
REPLIES = {
    "gmail": ("Oui, venez mardi.\n\nLe sam. 21 nov. 2026 à 10:00, Escale <a@b.fr> a écrit :\n\n" + HISTORY),
    "gmail folded": (
        "Oui, venez mardi.\n\nLe sam. 21 nov. 2026 à 10:00, Zoé via Escale <\n"
        "a@b.fr> a\nécrit :\n\n" + HISTORY
    ),
    "gmail, narrow spaces": "Oui, venez mardi.\n\nLe 21 nov. 2026 à 10:00, Escale a écrit\u00a0:\n" + HISTORY,
    "outlook": (
        "Oui, venez mardi.\n\n________________________________\nDe : Escale <a@b.fr>\n"
        "Envoyé : samedi 21 novembre 2026 10:00\nÀ : Jean\nObjet : Demande\n\nBonjour,\n"
    ),
    "outlook, no rule": (
        "Oui, venez mardi.\n\nDe : Escale <a@b.fr>\nEnvoyé : samedi 21\nÀ : Jean\nObjet : x\n\nBonjour,\n"
    ),
    "outlook, bold": "Oui, venez mardi.\n\n*De :* Escale\n*Envoyé :* samedi\n*Objet :* x\n\nBonjour",
    "outlook, english": "Oui, venez mardi.\n\nFrom: Escale\nSent: Saturday\nTo: Jean\nSubject: x\n\nBonjour",
    "original": "Oui, venez mardi.\n\n-----Message d'origine-----\nDe : Escale\nEnvoyé : x\n\nBonjour",
    "iphone": "Oui, venez mardi.\n\nEnvoyé de mon iPhone\n\n> Le 21 nov. 2026 à 10:00, Escale a écrit :\n> A",
    "thunderbird": "Oui, venez mardi.\n\nLe 21/11/2026 à 10:00, Escale a écrit :\n" + HISTORY,
    "thunderbird, below": "Le 21/11/2026 à 10:00, Escale a écrit :\n" + HISTORY + "\nOui, venez mardi.\n",
    "orange": 'Oui, venez mardi.\n\n> Message du 21/11/26 10:00\n> De : "Escale"\n> A : j@orange.fr\n> B',
    "english": "Oui, venez mardi.\n\nOn Sat, Nov 21, 2026 at 10:00 AM Escale <a@b.fr> wrote:\n" + HISTORY,
    "our mark": f"Oui, venez mardi.\n\n{MARK} : votre message sera transmis.\n\nBonjour,\nNotre lettre.",
    "signature": "Oui, venez mardi.\n\n-- \nJean Martin\nBoulangerie du Pont\n06 39 98 00 00\n",
    "android": "Oui, venez mardi.\n\nEnvoyé à partir de Outlook pour Android<https://aka.ms/x>\n",
    "antivirus": "Oui, venez mardi.\n\nGaranti sans virus. www.avast.com\n",
    "quoted above": HISTORY + "\nOui, venez mardi.",
}


@pytest.mark.parametrize("name", REPLIES)
def test_only_the_answer_is_left(name: str) -> None:
    assert reply_of(REPLIES[name]) == "Oui, venez mardi."


@pytest.mark.parametrize(
    "prose",
    [
        "Bonjour,\nLe directeur vous a écrit :\nvenez lundi.",
        "Le 3 mars me convient.\nDe : 9 h à 12 h\nMerci",
        "Le chef vous attend.\n\nOn se voit lundi 24 à 9 h.",
        "Envoyez-moi votre CV.\nCordialement,\nJean Martin",
        "- lundi\n- mardi\n--- ou mercredi",
    ],
)
def test_what_looks_like_a_heading_and_is_not_stays(prose: str) -> None:
    assert reply_of(prose) == prose


def test_answers_between_the_lines_are_read() -> None:
    text = "Le 21/11/2026 à 10:00, Escale a écrit :\n> Quel jour ?\nMardi.\n> À quelle heure ?\n9 h.\n"
    assert reply_of(text) == "Mardi.\n9 h."


def test_nothing_written_is_nothing() -> None:
    assert reply_of("\n\n-- \nJean") == ""
    assert reply_of("Le 21/11/2026 à 10:00, Escale a écrit :\n" + HISTORY) == ""


def test_html_becomes_words_and_nothing_else() -> None:
    html = (
        "<html><head><title>x</title><style>p{}</style></head><body><p>Bonjour&nbsp;!</p><div>Oui,<br>"
        "<b>mardi</b></div><img src='https://suivi.example/a.gif'><script>alert(1)</script>"
        "<a href='javascript:x'>ici</a><ul><li>un</li><li>deux</li></ul></body></html>"
    )
    assert text_of_html(html) == "Bonjour !\n\nOui,\nmardi\nici\n\nun\n\ndeux"


@pytest.mark.parametrize(
    "quote",
    [
        "<div class='gmail_quote'>Le 21, Escale a écrit :<blockquote>Lettre</blockquote></div>",
        "<blockquote type='cite'>Lettre</blockquote>",
        "<div id='appendonsend'></div><hr><div id='divRplyFwdMsg'>De : Escale</div><div>Lettre</div>",
        "<div class='yahoo_quoted'>Lettre</div>",
    ],
)
def test_what_html_quotes_goes(quote: str) -> None:
    assert text_of_html(f"<div>Oui.</div>{quote}") == "Oui."


def test_html_that_is_all_quote_is_read() -> None:
    assert text_of_html("<blockquote>Oui.</blockquote>") == "Oui."


@pytest.mark.parametrize(
    "html", ["<div><p>Oui.", "Oui.</div></p>", "<<p>Oui.", "<div " * 50 + ">Oui.", "<p>" * 20000 + "Oui."]
)
def test_broken_html_is_read(html: str) -> None:
    assert "Oui." in text_of_html(html) or "div" in html


@pytest.mark.parametrize("line", ["Le ", "> ", "De : x\n", "Le 1\n", "<div>", "&", "--\n", "_" * 10 + "\n"])
def test_a_long_crafted_mail_takes_no_time(line: str) -> None:
    text = line * (1_000_000 // len(line))
    began = time.perf_counter()
    reply_of(text)
    text_of_html(text)
    assert time.perf_counter() - began < 20  # backtracking would take hours
