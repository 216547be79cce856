"""How an address is written, where a sign-in may lead, what a person says of themselves."""

import pytest

from domain.account import HOME, Profile, account_email, local_path, tidy_profile
from domain.devices import UNKNOWN, device_words
from domain.errors import InvalidInputError


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Lea.Martin@Exemple.FR ", "lea.martin@exemple.fr"),
        ("lea+test@sous.exemple.fr", "lea+test@sous.exemple.fr"),
    ],
)
def test_an_address_is_kept_in_lower_case(typed: str, kept: str) -> None:
    assert account_email(typed) == kept


@pytest.mark.parametrize(
    "typed", ["", "lea", "lea@", "@exemple.fr", "lea@exemple", "a b@exemple.fr", "x" * 300]
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        account_email(typed)
    assert refused.value.errors[0].field == "email"


@pytest.mark.parametrize("path", ["/", "/passeport", "/recherche?metier=boulanger&lieu=Metz#resultats"])
def test_a_path_of_ours_is_gone_to(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "//ailleurs.example",
        "/\\ailleurs.example",
        "https://ailleurs.example",
        "passeport",
        "/a\nb",
        "/a b",
        "/\t/x",
        "/é",
    ],
)
def test_no_other_site_is_gone_to(path: str) -> None:
    assert local_path(path) == HOME


def test_a_path_too_long_for_its_row_is_left() -> None:
    assert local_path("/" + "a" * 499) != HOME
    assert local_path("/" + "a" * 500) == HOME


def test_a_profile_is_tidied() -> None:
    said = Profile(first_name="  Léa ", last_name="Martin\n", phone="06 12 34 56 78")
    assert tidy_profile(said) == Profile(first_name="Léa", last_name="Martin", phone="+33612345678")
    assert tidy_profile(Profile()) == Profile()


def test_a_profile_is_refused_field_by_field() -> None:
    with pytest.raises(InvalidInputError) as refused:
        tidy_profile(Profile(first_name="a" * 101, last_name="b" * 101, phone="12"))
    assert [one.field for one in refused.value.errors] == ["first_name", "last_name", "phone"]


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0",
            "Firefox sur Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML) Chrome/129.0 Mobile Safari/537.36",
            "Chrome sur Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6) AppleWebKit/605 Version/17.6 Safari/604.1",
            "Safari sur iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/129 Safari/537 Edg/129.0", "Edge sur Windows"),
        ("curl/8.5.0", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_a_device_is_named(agent: str, words: str) -> None:
    assert device_words(agent) == words
