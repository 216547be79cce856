"""A paper is attested for the version that it bears, and for no other."""

import pytest

from domain.errors import InvalidInputError
from domain.paper_version import check_printed


@pytest.mark.parametrize("typed", ["2", " 2 ", "02", "Version 2", "version\u00a02", "v2", "V. 2"])
def test_the_version_of_the_paper_is_recognised_as_people_copy_it(typed: str) -> None:
    check_printed(typed, 2)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("1", "other"),
        ("Version 12", "other"),
        ("3", "other"),
        ("", "required"),
        ("deux", "required"),
        ("2.1", "required"),
        ("²", "required"),
        ("9" * 400, "required"),
    ],
)
def test_any_other_is_refused_and_says_which_to_sign(typed: str, code: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        check_printed(typed, 2)
    (error,) = refused.value.errors
    assert (error.field, error.code) == ("version", code)
    assert "faites signer la version 2" in error.message
