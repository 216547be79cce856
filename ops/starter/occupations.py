"""Occupations, NAF divisions and their links."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from ops.starter.text import unaccented, write_csv

EXPECTED_OCCUPATIONS = 1584
# The source writes the NAF divisions without accents: these words get theirs back.
ACCENTED_WORDS = """
    Activités Bibliothèques Cokéfaction Dépollution Enquêtes Génie Hébergement Métallurgie
    Publicité Pêche Réparation Télécommunications activités aménagement aériens bâtiments
    cinématographiques conditionné contrôle créatives déchets défense détail développement forestière
    hébergement immobilières indifférenciées ingénierie liège liées marché matériels minéraux
    manufacturières musées médico ménages métalliques récréatives récupération réparation réservation santé
    sièges spécialisées spécialisés sécurité télévision usées vidéo vétérinaires Édition édition
    électricité électriques électroniques élimination équipements études
    à
"""
# In the labels of the occupations, only capitals lack theirs.
ACCENTED_CAPITALS = """
    Ébéniste Écailler Écaillère Échafaudeur Échafaudeuse Éclairagiste Éclusier Éclusière Économe
    Économiste Écoutant Écoutante Écrivain Écrivaine Éditeur Éditrice Éducateur Éducatif Éducation
    Éducative Éducatrice Égoutier Égoutière Élagueur Élagueuse Électricien Électricienne
    Électromécanicien Électromécanicienne Électronicien Électronicienne Éleveur Éleveuse Équipier
    Équipière Étalagiste Étancheur Étancheuse État Étrangère Évaluateur Évaluatrice
"""


def accented(label: str) -> str:
    """Give a NAF label its accents back."""
    spellings = {unaccented(word): word for word in ACCENTED_WORDS.split()}
    return re.sub(r"\b\w+\b(?!\.)", lambda match: spellings.get(match[0], match[0]), label)


def with_capitals(label: str) -> str:
    """Give the label of an occupation its accented capitals back (`Equipier` → `Équipier`)."""
    spellings = {f"E{word[1:]}": word for word in ACCENTED_CAPITALS.split()}
    return re.sub(r"\bE\w+", lambda match: spellings.get(match[0], match[0]), label)


def build_occupations(source: Path, out: Path) -> None:
    """Write ``occupations.csv``, ``naf_divisions.csv`` and ``naf_rome.csv``."""
    divisions: dict[str, dict[str, Any]] = json.loads(source.read_text(encoding="utf-8"))
    labels: dict[str, str] = {}
    links: set[tuple[str, str]] = set()
    kept: dict[str, str] = {}
    for number, content in divisions.items():
        division = number.zfill(2)
        if content["codes_rome"] or division != "00":
            kept[division] = accented(content["libelle"])
        for occupation in content["codes_rome"]:
            labels[occupation["code"]] = with_capitals(occupation["libelle"])
            links.add((division, occupation["code"]))
    if len(labels) != EXPECTED_OCCUPATIONS:
        raise SystemExit(f"{len(labels)} occupations instead of {EXPECTED_OCCUPATIONS}")
    write_csv(out / "occupations.csv", ("rome", "label"), sorted(labels.items()))
    write_csv(out / "naf_divisions.csv", ("division", "label"), sorted(kept.items()))
    write_csv(out / "naf_rome.csv", ("division", "rome"), sorted(links))
