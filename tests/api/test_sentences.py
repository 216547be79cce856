"""What msgspec says in English comes out as a French sentence beside its field."""

from typing import Annotated

import msgspec
import pytest

from api.sentences import field_error, field_errors, status_sentence


class Place(msgspec.Struct, forbid_unknown_fields=True):
    lat: Annotated[float, msgspec.Meta(ge=-90, le=90)]


class Body(msgspec.Struct, forbid_unknown_fields=True):
    skills: Annotated[list[Annotated[str, msgspec.Meta(pattern="^[0-9]+$")]], msgspec.Meta(max_length=2)] = []
    page: int = 1
    place: Place | None = None


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"skills": "1"}, "skills", "type"),
        ({"skills": ["1", "2", "3"]}, "skills", "too_long"),
        ({"skills": ["x"]}, "skills.0", "format"),
        ({"page": "x"}, "page", "type"),
        ({"place": {"lat": 91}}, "place.lat", "too_big"),
        ({"place": {"lat": -91}}, "place.lat", "too_small"),
        ({"place": {}}, "place.lat", "missing"),
        ({"nope": 1}, "nope", "unknown_field"),
        ({"place": {"lat": 1, "nope": 1}}, "place.nope", "unknown_field"),
    ],
)
def test_each_mistake_has_its_field_and_code(body: object, field: str, code: str) -> None:
    with pytest.raises(msgspec.ValidationError) as caught:
        msgspec.convert(body, Body)
    error = field_error("data", str(caught.value))
    assert (error.field, error.code) == (field, code)
    assert error.message.endswith(".")
    assert "Expected" not in error.message


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Expected `float` <= 90.0", "Donnez un nombre de 90 au plus."),
        ("Expected `float` >= -90.0", "Donnez un nombre de -90 au moins."),
        ("Expected `float` > 0.5", "Donnez un nombre plus grand que 0,5."),
        ("Expected `int` <= 9223372036854775807", "Donnez un nombre de 9223372036854775807 au plus."),
    ],
)
def test_limits_are_written_as_people_write_numbers(said: str, shown: str) -> None:
    assert field_error("lat", said).message == shown


def test_what_nobody_foresaw_still_has_a_sentence() -> None:
    assert field_error("page", "whatever").message == "Cette valeur n’est pas acceptée."


def test_extra_of_another_shape_is_no_error() -> None:
    assert field_errors(None) == ()
    assert field_errors(["text"]) == ()


@pytest.mark.parametrize(
    ("status", "word"), [(404, "n’existe pas"), (418, "bien formée"), (502, "de notre côté")]
)
def test_every_status_has_a_sentence(status: int, word: str) -> None:
    assert word in status_sentence(status)
