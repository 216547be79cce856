"""The tables, one file per noun. Importing this package declares them all on `metadata`."""

from data.tables.accounts import audit, company_rights, flags, oidc_flows, sessions, sign_ins, users
from data.tables.agencies import (
    agencies,
    agency_invitations,
    agency_rights,
    beneficiaries,
    consents,
    person_searches,
    referrals,
)
from data.tables.base import metadata
from data.tables.companies import companies, company_places, company_removals, offers
from data.tables.delivery import (
    address_states,
    bounces,
    emails,
    links,
    outbox,
    scheduled_runs,
    sms,
)
from data.tables.invitations import company_invitations
from data.tables.passports import passports
from data.tables.ranking import company_activity, ranking_outcomes, ranking_weights
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
    "address_states",
    "agencies",
    "agency_invitations",
    "agency_rights",
    "audit",
    "beneficiaries",
    "bounces",
    "communes",
    "companies",
    "company_activity",
    "company_invitations",
    "company_places",
    "company_removals",
    "company_rights",
    "consents",
    "departments",
    "emails",
    "flags",
    "links",
    "metadata",
    "naf_codes",
    "naf_divisions",
    "naf_rome",
    "offers",
    "oidc_flows",
    "outbox",
    "passports",
    "person_searches",
    "ranking_outcomes",
    "ranking_weights",
    "reference_imports",
    "referrals",
    "registrations",
    "rome_appellations",
    "rome_mobilities",
    "rome_occupation_skills",
    "rome_occupations",
    "rome_skills",
    "rome_tags",
    "rome_texts",
    "rome_words",
    "scheduled_runs",
    "sessions",
    "sign_ins",
    "sms",
    "users",
]
