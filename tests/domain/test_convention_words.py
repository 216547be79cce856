"""What comes next of a convention, and its days, in words."""

from datetime import date, timedelta
from itertools import product

import pytest

from domain.convention import As, Kind, Status
from domain.convention_late import LATE_LABELS, Late
from domain.convention_next import Moment, next_step, waited_for
from domain.french import french_days

DAY = date(2026, 11, 30)
MOMENT = Moment(
    status=Status.TO_SIGN,
    whom=frozenset({As.BENEFICIARY}),
    unsigned=frozenset({As.BENEFICIARY}),
    two_step=True,
    agency="Mission locale",
    starts_on=DAY,
    ends_on=DAY + timedelta(days=4),
    today=DAY - timedelta(days=3),
)


def said(**changed: object) -> str:
    values = {name: getattr(MOMENT, name) for name in MOMENT.__slots__}
    return next_step(Moment(**{**values, **changed}))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "Vous êtes la dernière personne attendue"),
        ({"unsigned": frozenset({As.BENEFICIARY, As.COMPANY})}, "Il manque aussi l’entreprise."),
        ({"unsigned": frozenset({As.COMPANY})}, "On attend la signature de l’entreprise. Ensuite"),
        (
            {"whom": frozenset({As.COUNSELLOR}), "unsigned": frozenset({As.BENEFICIARY, As.COMPANY})},
            "On attend la signature de la personne accueillie et de l’entreprise.",
        ),
        (
            {"whom": frozenset({As.COUNSELLOR}), "unreached": frozenset({As.BENEFICIARY})},
            "La personne accueillie n’a ni e-mail ni mobile ici : faites signer sur papier.",
        ),
        ({"status": Status.IN_REVIEW}, "Mission locale la relit et décide. Ne commencez pas"),
        ({"status": Status.IN_REVIEW, "whom": frozenset({As.COUNSELLOR})}, "pré-validez-la ou refusez-la"),
        (
            {"status": Status.PRE_APPROVED, "whom": frozenset({As.VALIDATOR}), "elsewhere": True},
            "On attend la personne qui valide",
        ),
        ({"status": Status.IN_REVIEW, "whom": frozenset({As.VALIDATOR})}, "On attend le conseil"),
        (
            {"status": Status.IN_REVIEW, "two_step": False, "whom": frozenset({As.VALIDATOR})},
            "validez-la ou refusez-la",
        ),
        (
            {"status": Status.PRE_APPROVED, "whom": frozenset({As.COUNSELLOR})},
            "On attend la personne qui valide",
        ),
        ({"status": Status.VALIDATED}, "commence le 30 novembre 2026"),
        ({"status": Status.VALIDATED, "today": DAY}, "a lieu jusqu’au 4 décembre 2026"),
        ({"status": Status.VALIDATED, "today": DAY + timedelta(days=9)}, "est terminée"),
        ({"status": Status.VALIDATED, "whom": frozenset({As.COUNSELLOR})}, "Déposez-la"),
        (
            {"status": Status.VALIDATED, "whom": frozenset({As.COUNSELLOR}), "deposited": True},
            "Tout est prêt",
        ),
        (
            {"status": Status.VALIDATED, "whom": frozenset({As.COUNSELLOR}), "kind": Kind.MINI_STAGE},
            "Tout est prêt",
        ),
    ],
)
def test_each_reader_is_told_what_comes_next(changed: dict[str, object], words: str) -> None:
    assert words in said(**changed)


def test_nobody_is_left_without_words() -> None:
    for status, whom in product(Status, As):
        sentence = said(status=status, whom=frozenset({whom}), unsigned=frozenset({As.COMPANY}))
        assert sentence.endswith(".")
    assert set(LATE_LABELS) == set(Late)


def test_who_is_waited_for() -> None:
    everybody = {As.BENEFICIARY, As.REPRESENTATIVE, As.COMPANY, As.EMPLOYER}
    assert waited_for(everybody) == (
        "la personne accueillie, son représentant légal, l’entreprise et son employeur actuel"
    )
    assert waited_for({As.COMPANY}) == "l’entreprise"


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 12, 7), date(2026, 12, 18), "du 7 au 18 décembre 2026"),
        (date(2026, 11, 30), date(2026, 12, 11), "du 30 novembre au 11 décembre 2026"),
        (date(2026, 12, 28), date(2027, 1, 8), "du 28 décembre 2026 au 8 janvier 2027"),
        (date(2026, 12, 1), date(2026, 12, 4), "du 1er au 4 décembre 2026"),
        (date(2025, 12, 7), date(2026, 12, 7), "du 7 décembre 2025 au 7 décembre 2026"),
        (date(2026, 12, 7), date(2026, 12, 7), "le 7 décembre 2026"),
    ],
)
def test_days_are_said_once(first: date, last: date, words: str) -> None:
    assert french_days(first, last) == words
