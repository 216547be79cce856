"""A name corrected, and the name of somebody else."""

import pytest

from domain.spelling import Name, respelled


@pytest.mark.parametrize(
    ("kept", "typed", "same"),
    [
        (("Zoé", "Durant"), ("Zoé", "Durand"), True),
        (("Zoe", "Durant"), ("ZOÉ", "DURAND"), True),
        (("Yann", "Le Goff"), ("Yann", "Legoff"), True),
        (("Durand", "Zoé"), ("Zoé", "Durand"), True),
        (("Léa", "Martin"), ("Léo", "Martin"), False),  # twins
        (("Zoé", "Durand"), ("Zoé", "Benali"), False),
        (("Zoé", "Roux"), ("Zoé", "Roy"), False),
        (("Zoé", "Durand"), ("Nadia", "Durant"), False),
        (("Zoé", "Durand"), ("Zoé", ""), False),
        (("", "Durant"), ("", "Durand"), False),
        (("", ""), ("", ""), False),
    ],
)
def test_a_name_respelled(kept: Name, typed: Name, same: bool) -> None:
    assert respelled(kept, typed) is same
