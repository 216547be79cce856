"""All that is held about a person is in what they take away: a new table or column fails until it is."""

from dataclasses import fields, replace

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from clients.sealing import Sealer, new_key
from data.tables import metadata
from domain import own_data
from domain.account import Profile
from domain.errors import SignInError, UnavailableError
from domain.own_data import Held
from domain.own_data_words import MESSAGE_LABELS
from domain.roles import NOBODY, Acting
from services.accounts.export import as_pdf, everything, sections, titles
from services.accounts.profile import change_profile
from services.emails import TEMPLATES
from tests.factories.forms import NOW
from tests.factories.whole_person import (
    EMAIL,
    FIRST,
    LAST,
    PHONE,
    SEALER,
    add_whole_person,
    bystander,
    personal_tables,
)

SHAPES: dict[str, tuple[str, ...]] = {
    "users": ("account",),
    "sessions": ("sessions",),
    "sign_ins": ("sign_ins",),
    "beneficiaries": ("file",),
    "consents": ("consents",),
    "referrals": ("referrals", "accompanying"),
    "person_searches": ("searches", "searches_made"),
    "audit": ("history", "actions"),
    "emails": ("emails",),
    "sms": ("sms",),
    "agency_rights": ("agencies",),
    "company_rights": ("companies",),
    "agency_invitations": ("invitations",),
    "company_invitations": ("invitations",),
    "registrations": ("registrations",),
    "discussions": ("requests",),
    "discussion_messages": ("threads", "written"),
    "discussion_files": ("files",),
    "visits": ("visits",),
    "contact_drafts": ("drafts",),
    "saved_searches": ("saved_searches",),
    "favourites": ("favourites",),
    "conventions": ("conventions", "convention_parts"),
    "convention_versions": ("versions",),
    "convention_signatories": ("signatures", "convention_parts"),
    "convention_scans": ("scans", "convention_parts"),
    "convention_events": ("story",),
    "convention_documents": ("documents",),
    "convention_templates": ("templates",),
    "assessments": ("assessments",),
    "companies": ("contacts",),
    "agencies": ("contacts",),
}
"""Where each table is told: sections of `Held`."""
WHOLE = {"passports": "the passport is exported whole by its own shape"}
EXEMPT = {
    "flags": "who last opened an option is a line of the audit, which is exported",
    "discussion_reminders": "each is a mail sent, which is exported",
    "convention_reminders": "each is a mail sent, which is exported",
    "inbound_mails": "a reply by mail waits there for seconds; then it is a message of the thread",
}
OURS = {"id", "token_hash", "user_id", "beneficiary_id"}
"""Numbers and secrets of ours, and the keys that say it is them."""
CONVENTIONS = (
    *("convention_versions", "convention_signatories", "convention_events"),
    *("convention_documents", "convention_scans", "assessments"),
)
OTHERWISE = {
    "sessions.id_token": "a secret between ProConnect and us",
    "sessions.acting_for": "the person an agent works with: theirs",
    "sign_ins.email": "the address of the account",
    "beneficiaries.private": "opened, in `private`",
    "referrals.agency_id": "named, in `agency`",
    "audit.actor_id": "named, in `by`",
    "audit.agency_id": "named, in `agency`",
    "emails.template": "in `what`",
    "emails.subject_id": "a number of ours",
    "emails.reason": "a number of ours",
    "emails.message_id": "a number of ours",
    "sms.kind": "in `what`",
    "sms.subject_id": "a number of ours",
    "sms.reason": "a number of ours",
    "sms.parts": "what the operator bills us",
    "sms.provider_id": "a number of the operator",
    "agency_rights.agency_id": "named, in `agency`",
    "agency_rights.decided_by": "a colleague",
    "company_rights.company_id": "named, in `company`",
    "company_rights.decided_by": "a colleague",
    "agency_invitations.agency_id": "named, in `to`",
    "agency_invitations.email": "the address of the account",
    "agency_invitations.invited_by": "a colleague",
    "company_invitations.company_id": "named, in `to`",
    "company_invitations.email": "the address of the account",
    "company_invitations.role": "in `roles`",
    "company_invitations.created_at": "in `invited_at`",
    "company_invitations.invited_by": "a colleague",
    "registrations.company_id": "the company it edits, by its SIRET",
    "discussions.company_id": "named, in `company`",
    "discussions.offer_id": "its job is named, in `label`",
    "discussions.agent_id": "named, in `agent`",
    "discussions.agency_id": "named, in `agency`",
    "discussions.availability": "in `start`, `end`, `half_days`",
    "discussions.answered_by": "somebody of the company",
    "discussions.candidate_address": "an address of ours, for replies by mail",
    "discussions.company_address": "an address of ours, for replies by mail",
    "discussion_messages.discussion_id": "its company is named, in `company`",
    "discussion_messages.author_id": "which side wrote, in `side`",
    "discussion_messages.received_id": "a hash of ours",
    "discussion_files.discussion_id": "a number of ours",
    "discussion_files.draft_id": "a number of ours",
    "discussion_files.message_id": "a number of ours",
    "visits.discussion_id": "its company is named, in `company`",
    "visits.sequence": "counts the changes of its calendar file",
    "visits.reminded_at": "the reminder is a mail sent, which is exported",
    "contact_drafts.offer_id": "its company is named, in `company`",
    **dict.fromkeys(
        (f"saved_searches.{name}" for name in ("rome", "lat", "lon", "radius_km")), "read from `query`"
    ),
    "favourites.company_id": "named, in `company`",
    "favourites.added_by": "named, in `by`",
    **dict.fromkeys(
        (f"conventions.{name}" for name in ("terms_sha256", "chain_head", "chain_end")),
        "seals of the text and its story",
    ),
    **dict.fromkeys(
        (f"conventions.{name}" for name in ("person_key", "aims_key", "search_key")), "folded from `terms`"
    ),
    "conventions.agency_id": "named, in `agency`",
    "conventions.company_id": "named, in `company_name`",
    "conventions.discussion_id": "a number of ours",
    "conventions.counsellor_id": "named, in `counsellor`",
    "conventions.renews": "the other one is there too",
    **dict.fromkeys(
        (f"conventions.{name}" for name in ("created_by", "validated_by", "deposited_by")),
        "whose part it was, in `part`",
    ),
    "conventions.anonymised_at": "it is nobody's from then on",
    **dict.fromkeys(
        (f"{name}.convention_id" for name in CONVENTIONS), "its number is read on it, in `reference`"
    ),
    "convention_scans.content": "handed over by the agency: it may name and show others too",
    "convention_scans.by_user": "whose part it was, in `part`",
    "convention_signatories.attested_by": "whose part it was, in `part`",
    **dict.fromkeys(
        (f"convention_events.{name}" for name in ("salt", "told_hash", "key", "mac")), "seals of the story"
    ),
    "convention_documents.made_with": "versions of our tools",
    "convention_documents.unsealed_sha256": "a hash of ours",
    "convention_documents.tail": "the seal, which is in the file itself",
    "convention_templates.agency_id": "whose it is",
    "convention_templates.company_id": "whose it is",
    "convention_templates.terms": "the agency's or the company's, and without any beneficiary",
    "convention_templates.created_by": "the account",
}
NOT_A_PERSON = {"companies", "agencies"}
"""Of these only who is their contact is about a person."""


def test_every_table_about_people_is_told_or_explained() -> None:
    assert personal_tables() == {*SHAPES, *WHOLE, *EXEMPT}


def test_every_column_of_them_is_told_or_explained() -> None:
    sections_of = {one.name: one for one in fields(Held)}
    missing = []
    for name, told in SHAPES.items():
        assert set(told) <= set(sections_of)
        shapes = {one for section in told for one in _shape(section)}
        for column in metadata.tables[name].columns:
            known = column.name in shapes | OURS or f"{name}.{column.name}" in OTHERWISE
            if not known and name not in NOT_A_PERSON:
                missing.append(f"{name}.{column.name}")
    assert missing == []


def _shape(section: str) -> set[str]:
    """Names of the fields of a section's shape."""
    said = str(Held.__annotations__[section])
    (shape,) = (one for name, one in vars(own_data).items() if name.endswith("Held") and f".{name}" in said)
    return {one.name for one in fields(shape)}


async def test_all_of_it_is_taken_away(reference: AsyncSession) -> None:
    whole = await add_whole_person(reference)
    data = await everything(reference, SEALER, whole.actor, NOW)
    assert [one.name for one in fields(Held) if not getattr(data.held, one.name)] == []
    assert data.passport is not None
    assert data.held.private.rqth
    assert data.held.account.email == EMAIL
    assert {one.contact_phone for one in data.held.contacts if one.contact_name} == {PHONE}
    assert [(one.agent, one.agency) for one in data.held.referrals] == [
        ("Colin Maillard", "Mission locale de Nantes")
    ]
    assert {(one.action, one.by) for one in data.held.history} == {
        ("file.read", "Colin Maillard"),
        ("account.read", ""),
    }
    assert [one.action for one in data.held.actions] == ["file.read"]
    assert {one.target for one in data.held.consents} == {"rqth", "Mission locale de Nantes"}
    assert [(one.to, one.roles) for one in data.held.invitations] == [
        ("Autre structure", ("validator",)),
        ("Scierie", ("company_admin",)),
    ]
    assert "Autre " not in repr(data.held.accompanying)


async def test_nothing_of_anybody_else(reference: AsyncSession) -> None:
    """Somebody without a file, a telephone or a right: nothing of others, nothing of nobody."""
    await add_whole_person(reference)
    data = await everything(reference, SEALER, await bystander(reference, "nadir@exemple.fr", NOW), NOW)
    told = {one.name for one in fields(Held) if getattr(data.held, one.name)}
    assert told == {"account", "private", "sessions"}
    assert data.held.private.lines == ()
    assert data.passport is None


async def test_a_number_typed_in_a_profile_opens_nothing(reference: AsyncSession) -> None:
    """Anybody types anybody's number: what was signed with it, and sent to it, stays theirs."""
    await add_whole_person(reference)
    curious = await bystander(reference, "nadir@exemple.fr", NOW)
    await change_profile(reference, curious, Profile(first_name="Nadir", last_name="Rien", phone=PHONE))
    held = (await everything(reference, SEALER, curious, NOW)).held
    assert held.account.phone == PHONE
    assert (held.signatures, held.story, held.sms) == ((), (), ())


async def test_an_agent_takes_away_nothing_of_the_person_open(reference: AsyncSession) -> None:
    whole = await add_whole_person(reference)
    agent = await bystander(reference, "agent@exemple.fr", NOW)
    passport = whole.actor.passport
    acting = replace(agent, acting=Acting(whole.beneficiary, whole.agency, passport, f"{FIRST} {LAST}"))
    data = await everything(reference, SEALER, acting, NOW)
    assert (data.passport, data.held.file) == (None, None)
    assert LAST not in repr(data)


async def test_who_is_not_there_and_what_cannot_be_opened(reference: AsyncSession) -> None:
    whole = await add_whole_person(reference)
    with pytest.raises(SignInError):
        await everything(reference, SEALER, NOBODY, NOW)
    with pytest.raises(UnavailableError):
        await everything(reference, Sealer(new_key(), ""), whole.actor, NOW)


async def test_the_document_says_all_of_it_in_french(reference: AsyncSession) -> None:
    whole = await add_whole_person(reference)
    data = await everything(reference, SEALER, whole.actor, NOW)
    parts = sections(data)
    assert tuple(one.title for one in parts) == titles()
    assert [one.title for one in parts if not one.entries] == []
    written = repr([one.entries for one in parts])
    for said in (
        "Reconnaissance de travailleur handicapé (RQTH)",
        "Lien de connexion",
        "par e-mail",
        "Dossier consulté",
        "Conseiller ou conseillère",
        "Aide de Zéphyrine",
        "avec l’agent, qui l’a noté",
        "1er décembre 2026",
        "lundi matin",
    ):
        assert said in written, said
    for code in ("account_sign_in", "file.read", "counsellor", "company_admin", "None", "datetime", "True"):
        assert code not in written, code
    document = await as_pdf(data)
    assert document.startswith(b"%PDF-")
    assert await as_pdf(data) == document


def test_every_mail_has_a_french_name() -> None:
    assert {one.name for one in TEMPLATES.iterdir() if one.is_dir()} <= set(MESSAGE_LABELS)
