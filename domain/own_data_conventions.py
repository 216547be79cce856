"""What is held about a person in conventions, as they take it away (see `domain.own_data`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from domain.assessment import CONTRACT_LABELS, FOLLOW_UP_LABELS, NEXT_LABELS, OUTCOME_LABELS
from domain.convention import AS_LABELS, KIND_LABELS, STATUS_LABELS
from domain.convention_lines import LINE_LABELS
from domain.own_data_words import Said
from domain.search import OBJECTIVE_LABELS

SIGNED_HOW = {
    "email": "par un code reçu par e-mail",
    "sms": "par un code reçu par SMS",
    "paper": "sur papier",
}
SCANS = {"application/pdf": "PDF", "image/png": "photo (PNG)", "image/jpeg": "photo (JPEG)"}
PARTS = {
    "created_by": "commencée par vous",
    "counsellor_id": "suivie par vous",
    "validated_by": "validée par vous",
    "deposited_by": "déposée par vous",
    "attested_by": "signature sur papier attestée par vous",
    "by_user": "papier signé ajouté par vous",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ConventionHeld:
    """Of `conventions` where the person is the beneficiary; the JSON file has the whole document."""

    reference: Annotated[str, Said("Convention n°")]
    kind: Annotated[str, Said("Nature", KIND_LABELS)]
    status: Annotated[str, Said("État", STATUS_LABELS)]
    status_at: Annotated[datetime, Said("Depuis")]
    status_reason: Annotated[str, Said("Raison")]
    company_name: Annotated[str, Said("Entreprise")]
    siret: Annotated[str, Said("SIRET")]
    agency: Annotated[str, Said("Structure")]
    counsellor: Annotated[str, Said("Suivie par")]
    rome: Annotated[str, Said("Code ROME")]
    department: Annotated[str, Said("Département")]
    objective: Annotated[str | None, Said("But", OBJECTIVE_LABELS)]
    starts_on: Annotated[date | None, Said("Du")]
    ends_on: Annotated[date | None, Said("Au")]
    days: Annotated[int, Said("Jours")]
    minutes: Annotated[int, Said("Durée en minutes")]
    age: Annotated[int | None, Said("Âge au début")]
    birth_date: Annotated[date | None, Said("Date de naissance")]
    person_email: Annotated[str, Said("Adresse e-mail")]
    created_at: Annotated[datetime, Said("Commencée le")]
    updated_at: Annotated[datetime, Said("Changée le")]
    submitted_at: Annotated[datetime | None, Said("Envoyée à signer le")]
    validated_at: Annotated[datetime | None, Said("Validée le")]
    deposited_at: Annotated[datetime | None, Said("Déposée auprès de l’État le")]
    deposit_receipt: Annotated[str, Said("Accusé de dépôt")]
    archived_at: Annotated[datetime | None, Said("Archivée le")]
    version: Annotated[int, Said("")]
    terms: Annotated[Mapping[str, Any], Said("")]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionHeld:
    """Of `convention_versions`: each text that was signed, of which the JSON file has the words."""

    reference: Annotated[str, Said("Convention n°")]
    version: Annotated[int, Said("Version")]
    at: Annotated[datetime, Said("Envoyée le")]
    terms: Annotated[str, Said("")]
    sha256: Annotated[str, Said("Empreinte (SHA-256)")]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureHeld:
    """Of `convention_signatories` reached by the account's address or number, or in its own conventions."""

    reference: Annotated[str, Said("Convention n°")]
    whom: Annotated[str, Said("En tant que", AS_LABELS)]
    email: Annotated[str, Said("Adresse e-mail")]
    phone: Annotated[str, Said("Téléphone")]
    signed_at: Annotated[datetime | None, Said("Signée le")]
    signed_version: Annotated[int | None, Said("Version signée")]
    channel: Annotated[str | None, Said("Signée", SIGNED_HOW)]
    code_channel: Annotated[str | None, Said("")]
    code_sent_at: Annotated[datetime | None, Said("Dernier code envoyé le")]
    code_tries: Annotated[int, Said("")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanHeld:
    """Of `convention_scans` of the person's conventions: the agency hands over the file itself."""

    reference: Annotated[str, Said("Convention n°")]
    version: Annotated[int, Said("Version")]
    whom: Annotated[str, Said("Signé par", AS_LABELS)]
    media_type: Annotated[str, Said("Fichier", SCANS)]
    at: Annotated[datetime, Said("Ajouté le")]
    sha256: Annotated[str, Said("Empreinte (SHA-256)")]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryHeld:
    """Of `convention_events`; `told` is there in what the person did themselves."""

    reference: Annotated[str, Said("Convention n°")]
    number: Annotated[int, Said("")]
    at: Annotated[datetime, Said("Le")]
    kind: Annotated[str, Said("Ce qui s’est passé", LINE_LABELS)]
    version: Annotated[int, Said("Version")]
    facts: Annotated[Mapping[str, Any], Said("")]
    told: Annotated[Mapping[str, Any] | None, Said("")]


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentHeld:
    """Of `convention_documents`; what was printed is in the JSON file."""

    reference: Annotated[str, Said("Convention n°")]
    number: Annotated[int, Said("Document")]
    at: Annotated[datetime, Said("Scellé le")]
    sealed_sha256: Annotated[str, Said("Empreinte (SHA-256)")]
    data: Annotated[str | None, Said("")]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessmentHeld:
    """Of `assessments`: what the company and the person said."""

    reference: Annotated[str, Said("Convention n°")]
    outcome: Annotated[str | None, Said("Immersion", OUTCOME_LABELS)]
    last_day: Annotated[date | None, Said("Dernier jour")]
    minutes: Annotated[int | None, Said("Minutes faites")]
    no_show_reason: Annotated[str, Said("Raison de l’absence")]
    hired: Annotated[bool | None, Said("Suivie d’un emploi")]
    contract: Annotated[str, Said("Contrat", CONTRACT_LABELS)]
    hired_on: Annotated[date | None, Said("À partir du")]
    next_step: Annotated[str, Said("La suite, d’après l’entreprise", NEXT_LABELS)]
    feedback: Annotated[str | None, Said("Avis de l’entreprise")]
    advice: Annotated[str | None, Said("Conseils de l’entreprise")]
    skills_seen: Annotated[tuple[str, ...], Said("Savoir-faire observés")]
    skills: Annotated[Any, Said("")]
    company_at: Annotated[datetime | None, Said("Bilan de l’entreprise le")]
    person_feedback: Annotated[str | None, Said("Votre avis")]
    person_next: Annotated[str, Said("La suite, d’après vous", NEXT_LABELS)]
    person_agrees: Annotated[bool | None, Said("D’accord avec ce que dit l’entreprise")]
    person_shares: Annotated[bool | None, Said("Savoir-faire mis dans votre passeport")]
    person_at: Annotated[datetime | None, Said("Votre bilan le")]
    followed_at: Annotated[datetime | None, Said("Question six mois après, posée le")]
    follow_up: Annotated[str, Said("Votre réponse", FOLLOW_UP_LABELS)]
    updated_at: Annotated[datetime, Said("Changé le")]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartHeld:
    """Of `conventions` of others: that the account had a part in it; who it is about is theirs."""

    reference: Annotated[str, Said("Convention n°")]
    part: Annotated[str, Said("Votre part", PARTS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateHeld:
    """Of `convention_templates` that the account made; they are its agency's or its company's."""

    label: Annotated[str, Said("Modèle")]
    created_at: Annotated[datetime, Said("Fait le")]
