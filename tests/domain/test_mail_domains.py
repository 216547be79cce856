"""Addresses that say nothing of who has them, and those that do not last."""

import pytest

from domain.mail_domains import DISPOSABLE_MAIL_DOMAINS, FREE_MAIL_DOMAINS, is_disposable, is_free_mail


@pytest.mark.parametrize(
    ("email", "free", "disposable"),
    [
        ("zoe@gmail.com", True, False),
        ("zoe@YOPMAIL.com", True, True),
        ("zoe@box.mailinator.com", True, True),
        ("zoe@jetable.fr.nf", True, True),
        ("zoe@boulangerie-dupont.fr", False, False),
        ("zoe@pasyopmail.com", False, False),
        ("yopmail.com@exemple.fr", False, False),
    ],
)
def test_addresses(email: str, *, free: bool, disposable: bool) -> None:
    assert (is_free_mail(email), is_disposable(email)) == (free, disposable)


def test_what_does_not_last_is_free_too() -> None:
    assert DISPOSABLE_MAIL_DOMAINS < FREE_MAIL_DOMAINS
    assert all(name == name.strip().lower() and "." in name for name in FREE_MAIL_DOMAINS)
