"""NAF rév. 2: the sections that group divisions (INSEE, décret 2007-1888)."""

from typing import NamedTuple


class Section(NamedTuple):
    """A section of the NAF: letter, short French label, first and last division."""

    code: str
    label: str
    first: int
    last: int


SECTIONS = (
    Section("A", "Agriculture, sylviculture et pêche", 1, 3),
    Section("B", "Industries extractives", 5, 9),
    Section("C", "Industrie manufacturière", 10, 33),
    Section("D", "Électricité, gaz, vapeur et air conditionné", 35, 35),
    Section("E", "Eau, assainissement et déchets", 36, 39),
    Section("F", "Construction", 41, 43),
    Section("G", "Commerce, réparation d’automobiles et de motocycles", 45, 47),
    Section("H", "Transports et entreposage", 49, 53),
    Section("I", "Hébergement et restauration", 55, 56),
    Section("J", "Information et communication", 58, 63),
    Section("K", "Activités financières et d’assurance", 64, 66),
    Section("L", "Activités immobilières", 68, 68),
    Section("M", "Activités spécialisées, scientifiques et techniques", 69, 75),
    Section("N", "Services administratifs et de soutien", 77, 82),
    Section("O", "Administration publique", 84, 84),
    Section("P", "Enseignement", 85, 85),
    Section("Q", "Santé humaine et action sociale", 86, 88),
    Section("R", "Arts, spectacles et activités récréatives", 90, 93),
    Section("S", "Autres activités de services", 94, 96),
    Section("T", "Activités des ménages en tant qu’employeurs", 97, 98),
    Section("U", "Activités extra-territoriales", 99, 99),
)
