"""French as people write it, where code makes it."""

import pytest

from domain.french import listed, of_name, of_names


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Camille", "de Camille"),
        ("Amina", "d’Amina"),
        ("Élodie Martin", "d’Élodie Martin"),
        ("Hélène", "d’Hélène"),
        ("Œdipe", "d’Œdipe"),
        ("Yann", "de Yann"),
        ("la personne accompagnée", "de la personne accompagnée"),
    ],
)
def test_a_name_after_de(name: str, said: str) -> None:
    assert of_name(name) == said


def test_names_after_de_each_have_their_own() -> None:
    assert of_names(["Camille", "Amina", "Hélène"]) == "de Camille, d’Amina et d’Hélène"
    assert of_names(["Inès"]) == "d’Inès"
    assert (listed([]), listed(["A", "B"])) == ("", "A et B")
