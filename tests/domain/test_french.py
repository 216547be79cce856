"""French as people write it, where code makes it."""

import pytest

from domain.french import of_name


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
