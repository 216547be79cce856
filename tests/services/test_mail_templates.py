"""Every mail: French typography, text beside HTML with the same words, one link at most, nothing fetched."""

import re
from html import unescape

import pytest

from services.emails import TEMPLATES, Action, Mail, render
from settings import ROOT
from tests.services.post import SITE
from tests.services.test_companies_mails import NAMES, Tags, words

_FETCHED = ("<img", "<link", "<iframe", "<video", "src=", "srcset=", "background=", "url(", "@import")
_JINJA = re.compile(r"\{[{%#].*?[}%#]\}", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_WORD = "mot"
_BUTTON = {"bouton", "dessous"}
"""The button of the one is the link of the other."""


def sources(name: str) -> dict[str, str]:
    """The parts of a template, by file name."""
    return {path.name: path.read_text() for path in sorted((TEMPLATES / name).iterdir())}


def a_mail(name: str, action: Action | None) -> Mail:
    plain = dict.fromkeys(words(name), _WORD)
    return Mail(template=name, subject_id="1", recipient="x", context=plain, action=action)


@pytest.mark.parametrize("name", ["", *NAMES])
def test_nothing_is_fetched_from_afar(name: str) -> None:
    parts = sources(name) if name else {"_base.html": (TEMPLATES / "_base.html").read_text()}
    for part, source in parts.items():
        assert [mark for mark in _FETCHED if mark in source] == [], part
        assert "://" not in source, part


@pytest.mark.parametrize("name", NAMES)
def test_typography(name: str) -> None:
    parts = sources(name)
    assert set(parts) == {"subject.txt", "body.txt", "body.html"}
    for part, source in parts.items():
        said = _TAG.sub("", _JINJA.sub("", source))
        assert "'" not in said, part
        assert '"' not in said, part
        assert "..." not in said, part
        assert not re.search(r"[^\s\u00a0\u202f][!?;]", said), part


@pytest.mark.parametrize("name", NAMES)
def test_no_line_begins_with_a_punctuation_mark(name: str) -> None:
    html = render(a_mail(name, Action("Ouvrir la page", "/page")), SITE, can_reply=True).html
    assert re.findall(r"[^<>]{0,20}(?: [;:!?»]|« )", _TAG.sub("<>", html)) == []


@pytest.mark.parametrize("name", NAMES)
def test_one_link_for_one_action(name: str) -> None:
    stop = {_WORD} if "stop" in words(name) else set()  # a subscription also says how to end it
    mail = render(a_mail(name, Action("Ouvrir la page", "/page")), SITE, can_reply=True)
    assert re.findall(r"https?://\S+", mail.text) == [f"{SITE}/page"]
    assert {link["href"] for link in Tags(mail.html).all("a")} == {f"{SITE}/page"} | stop
    assert "Ouvrir la page" in mail.text
    none = render(a_mail(name, None), SITE, can_reply=True)
    assert "http" not in none.text
    assert {link["href"] for link in Tags(none.html).all("a")} == stop


@pytest.mark.parametrize("name", NAMES)
def test_text_and_html_say_the_same(name: str) -> None:
    """Whoever reads the text alone misses nothing."""
    mail = render(a_mail(name, None), SITE, can_reply=True)
    body = mail.html.split("<h1", 1)[1].split("Bonjour", 1)[1]
    shown = set(re.findall(r"\w{5,}", unescape(_TAG.sub(" ", body)).lower()))
    written = set(re.findall(r"\w{5,}", mail.text.lower())) - {"bonjour"}
    assert shown ^ written <= _BUTTON


def test_no_template_is_left_over() -> None:
    code = "".join(path.read_text() for path in (ROOT / "services").rglob("*.py"))
    assert [name for name in NAMES if name not in code] == []
