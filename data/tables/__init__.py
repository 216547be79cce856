"""The tables, one file per noun. Importing this package declares them all on `metadata`."""

from data.tables.base import metadata
from data.tables.companies import companies, company_places, company_removals, offers
from data.tables.delivery import emails, links, outbox
from data.tables.passports import passports
from data.tables.reference import (
    communes,
    departments,
    naf_codes,
    naf_divisions,
    naf_rome,
    reference_imports,
    rome_appellations,
    rome_mobilities,
    rome_occupation_skills,
    rome_occupations,
    rome_skills,
    rome_tags,
    rome_texts,
    rome_words,
)
from data.tables.registrations import registrations

__all__ = [
    "communes",
    "companies",
    "company_places",
    "company_removals",
    "departments",
    "emails",
    "links",
    "metadata",
    "naf_codes",
    "naf_divisions",
    "naf_rome",
    "offers",
    "outbox",
    "passports",
    "reference_imports",
    "registrations",
    "rome_appellations",
    "rome_mobilities",
    "rome_occupation_skills",
    "rome_occupations",
    "rome_skills",
    "rome_tags",
    "rome_texts",
    "rome_words",
]
