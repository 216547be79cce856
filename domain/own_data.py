"""Everything held about a person, as they take it away: one shape a table, its fields named in French.

Each field says its French name, or none when only the JSON file has it; `words` are the French words of
its codes. Secrets (hashes of what a browser holds) and what is somebody else's are in no shape.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from domain.audit import AUDIT_LABELS
from domain.contact_request import HALF_DAY_LABELS
from domain.discussion import REASON_LABELS, STATUS_LABELS, TOLD_LABELS
from domain.own_data_conventions import (
    AssessmentHeld,
    ConventionHeld,
    DocumentHeld,
    PartHeld,
    ScanHeld,
    SignatureHeld,
    StoryHeld,
    TemplateHeld,
    VersionHeld,
)
from domain.own_data_words import MESSAGE_LABELS, Said
from domain.private import LINE_LABELS, Private
from domain.referral import END_LABELS, OWN_END_LABELS
from domain.roles import ROLE_LABELS
from domain.search import CONTACT_LABELS, OBJECTIVE_LABELS
from domain.visit import VISIT_LABELS

METHODS = {"mail": "par e-mail", "proconnect": "par ProConnect"}
AGREED = {"account": "depuis votre compte", "beside": "avec l’agent, qui l’a noté"}
PURPOSES = {
    "passport_to_agency": "montrer votre passeport à une structure",
    "passport_to_company": "montrer votre passeport à une entreprise",
    "private_lines": "garder ce que vous avez dit",
    "parent": "accord d’un parent ou du responsable",
}
KEPT_BACK = {
    "": "",
    "held": "non, retenu hors du service ouvert au public",
    "unreachable": "non, l’adresse ne répond plus",
    "refused": "non, refusé à l’arrivée",
}
SIDES = {
    "candidate": "la personne qui candidate",
    "company": "l’entreprise",
    "referent": "le référent",
    "service": "Escale",
}
CHANNELS = {"page": "sur le site", "mail": "par e-mail"}
FILES = {"cv": "CV", "attachment": "pièce jointe"}
HOW_OFTEN = {"immediate": "tout de suite", "daily": "chaque jour", "weekly": "chaque semaine", "none": "non"}
STATUSES = {"pending": "en attente", "accepted": "accordé"}
FORMS = {
    "draft": "commencée",
    "to_prove": "à confirmer",
    "to_check": "en cours de vérification",
    "published": "publiée",
    "refused": "refusée",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountHeld:
    """Of `users`."""

    email: Annotated[str, Said("Adresse e-mail")]
    first_name: Annotated[str, Said("Prénom")]
    last_name: Annotated[str, Said("Nom")]
    phone: Annotated[str, Said("Téléphone")]
    subject: Annotated[str | None, Said("Numéro que ProConnect vous donne")]
    siret: Annotated[str | None, Said("Établissement donné par ProConnect (SIRET)")]
    back_office: Annotated[bool, Said("Équipe de la plateforme")]
    created_at: Annotated[datetime, Said("Compte créé le")]
    seen_at: Annotated[datetime, Said("Dernière connexion")]
    warned_at: Annotated[datetime | None, Said("Prévenu que le compte, inutilisé, sera supprimé")]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionHeld:
    """Of `sessions`."""

    device: Annotated[str, Said("Appareil")]
    method: Annotated[str, Said("Connexion", METHODS)]
    created_at: Annotated[datetime, Said("Depuis")]
    expires_at: Annotated[datetime, Said("Se ferme le")]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInHeld:
    """Of `sign_ins`."""

    created_at: Annotated[datetime, Said("Demandé le")]
    next: Annotated[str, Said("Page à ouvrir")]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileHeld:
    """Of `beneficiaries`, but what is sealed; and when the passport was last opened."""

    first_name: Annotated[str, Said("Prénom")]
    last_name: Annotated[str, Said("Nom")]
    email: Annotated[str, Said("Adresse e-mail dite à la personne qui accompagne")]
    insee: Annotated[str | None, Said("Commune (code INSEE)")]
    created_at: Annotated[datetime, Said("Dossier commencé le")]
    updated_at: Annotated[datetime, Said("Changé le")]
    passport_seen_at: Annotated[datetime | None, Said("Passeport ouvert pour la dernière fois le")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentHeld:
    """Of `consents`; `target` is a line of `domain.private`, or the id of whom it is for."""

    purpose: Annotated[str, Said("Accord pour", PURPOSES)]
    target: Annotated[str, Said("À propos de", LINE_LABELS)]
    given_at: Annotated[datetime, Said("Donné le")]
    revoked_at: Annotated[datetime | None, Said("Retiré le")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralHeld:
    """Of `referrals`: who accompanies the person, or did."""

    agent: Annotated[str, Said("Agent")]
    agency: Annotated[str, Said("Structure")]
    since: Annotated[datetime, Said("Depuis")]
    consent: Annotated[str, Said("Votre accord", AGREED)]
    consented_at: Annotated[datetime | None, Said("Donné le")]
    until: Annotated[datetime | None, Said("Jusqu’au")]
    end_reason: Annotated[str, Said("Fin", OWN_END_LABELS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccompanyingHeld:
    """Of `referrals`: that the account accompanies somebody, who is not named."""

    agency: Annotated[str, Said("Structure")]
    since: Annotated[datetime, Said("Depuis")]
    until: Annotated[datetime | None, Said("Jusqu’au")]
    end_reason: Annotated[str, Said("Fin", END_LABELS)]


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchHeld:
    """Of `person_searches`; `by` is who searched, empty when it is not known any more."""

    searched_at: Annotated[datetime, Said("Le")]
    query: Annotated[str, Said("Recherche")]
    total: Annotated[int, Said("Résultats")]
    by: Annotated[str, Said("Faite par")]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineHeld:
    """Of `audit`: what was done with one's account or file, or by oneself.

    `by` names whoever else did it, but the platform's staff, which the role tells.
    """

    at: Annotated[datetime, Said("Le")]
    action: Annotated[str, Said("Action", AUDIT_LABELS)]
    by: Annotated[str, Said("Par")]
    role: Annotated[str, Said("En tant que", ROLE_LABELS)]
    agency: Annotated[str, Said("Structure")]
    detail: Annotated[str, Said("Précision")]
    object_kind: Annotated[str, Said("")]
    object_id: Annotated[str, Said("")]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageHeld:
    """Of `emails` or `sms`: which message, never its text, which is not kept."""

    what: Annotated[str, Said("Message", MESSAGE_LABELS)]
    recipient: Annotated[str, Said("Envoyé à")]
    created_at: Annotated[datetime, Said("Écrit le")]
    sent_at: Annotated[datetime | None, Said("Parti le")]
    kept_back: Annotated[str, Said("Parti", KEPT_BACK)]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyRightHeld:
    """Of `agency_rights`."""

    agency: Annotated[str, Said("Structure")]
    roles: Annotated[tuple[str, ...], Said("Rôles", ROLE_LABELS)]
    notified: Annotated[bool, Said("Reçoit les messages de la structure")]
    asked_at: Annotated[datetime, Said("Demandé le")]
    decided_at: Annotated[datetime | None, Said("Accordé le")]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyRightHeld:
    """Of `company_rights`."""

    company: Annotated[str, Said("Entreprise")]
    siret: Annotated[str, Said("SIRET")]
    role: Annotated[str, Said("Rôle", ROLE_LABELS)]
    status: Annotated[str, Said("État", STATUSES)]
    asked_at: Annotated[datetime, Said("Demandé le")]
    decided_at: Annotated[datetime | None, Said("Accordé le")]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationHeld:
    """Of `agency_invitations` or `company_invitations`: to the account's address, not answered yet."""

    to: Annotated[str, Said("Invitation à rejoindre")]
    roles: Annotated[tuple[str, ...], Said("Rôles", ROLE_LABELS)]
    invited_at: Annotated[datetime, Said("Envoyée le")]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationHeld:
    """Of `registrations`: a company's form given with the account's address, and not published yet."""

    siret: Annotated[str, Said("SIRET")]
    status: Annotated[str, Said("Inscription", FORMS)]
    email: Annotated[str, Said("Adresse e-mail")]
    created_at: Annotated[datetime, Said("Commencée le")]
    updated_at: Annotated[datetime, Said("Changée le")]
    proved_at: Annotated[datetime | None, Said("Adresse confirmée le")]
    data: Annotated[Mapping[str, Any], Said("")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactHeld:
    """Of `companies` or `agencies` that give the account's address as their contact."""

    name: Annotated[str, Said("Entreprise ou structure")]
    siret: Annotated[str | None, Said("SIRET")]
    contact_name: Annotated[str, Said("Contact")]
    contact_job: Annotated[str, Said("Fonction")]
    contact_email: Annotated[str, Said("Adresse e-mail")]
    contact_phone: Annotated[str, Said("Téléphone")]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestHeld:
    """Of `discussions`: a request for an immersion made by the person, or in their name by `agent`."""

    company: Annotated[str, Said("Entreprise")]
    label: Annotated[str, Said("Métier")]
    rome: Annotated[str, Said("Code ROME")]
    place: Annotated[str, Said("Lieu")]
    created_at: Annotated[datetime, Said("Demandée le")]
    agent: Annotated[str, Said("Avec l’aide de")]
    agency: Annotated[str, Said("Structure")]
    status: Annotated[str, Said("État", STATUS_LABELS)]
    status_at: Annotated[datetime, Said("Depuis")]
    objective: Annotated[str, Said("But", OBJECTIVE_LABELS)]
    start: Annotated[date | None, Said("À partir du")]
    end: Annotated[date | None, Said("Jusqu’au")]
    half_days: Annotated[tuple[str, ...] | None, Said("Demi-journées", HALF_DAY_LABELS)]
    phone: Annotated[str, Said("Téléphone")]
    contact_mode: Annotated[str, Said("Contact", CONTACT_LABELS)]
    reached_at: Annotated[datetime | None, Said("Lue par l’entreprise à partir du")]
    answered_at: Annotated[datetime | None, Said("Réponse le")]
    reason: Annotated[str | None, Said("Raison", REASON_LABELS)]
    reason_text: Annotated[str, Said("En ses mots")]
    until: Annotated[date | None, Said("De nouveau possible le")]
    told: Annotated[str | None, Said("Annoncée", TOLD_LABELS)]
    met_candidate: Annotated[bool | None, Said("Rencontre, d’après vous")]
    met_company: Annotated[bool | None, Said("Rencontre, d’après l’entreprise")]
    reported_at: Annotated[datetime | None, Said("Signalée le")]
    report_text: Annotated[str, Said("Signalement")]
    report_closed_at: Annotated[datetime | None, Said("Signalement traité le")]
    shown_position: Annotated[int | None, Said("Place dans la recherche")]
    shown_terms: Annotated[Mapping[str, float] | None, Said("")]
    updated_at: Annotated[datetime, Said("Changée le")]


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadHeld:
    """Of `discussion_messages`: of the person's requests, whoever wrote; or written by the account."""

    company: Annotated[str, Said("Entreprise")]
    sent_at: Annotated[datetime, Said("Le")]
    side: Annotated[str, Said("De", SIDES)]
    channel: Annotated[str, Said("Envoyé", CHANNELS)]
    body: Annotated[str, Said("Message")]
    wiped_at: Annotated[datetime | None, Said("Texte effacé le")]


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedHeld:
    """Of `discussion_files`; the JSON file has their bytes, in base 64."""

    name: Annotated[str, Said("Fichier")]
    kind: Annotated[str, Said("Nature", FILES)]
    media_type: Annotated[str, Said("Format")]
    added_at: Annotated[datetime, Said("Ajouté le")]
    content: Annotated[bytes, Said("")]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitHeld:
    """Of `visits`."""

    company: Annotated[str, Said("Entreprise")]
    proposed_by: Annotated[str, Said("Proposée par", SIDES)]
    status: Annotated[str, Said("État", VISIT_LABELS)]
    slots: Annotated[tuple[datetime, ...], Said("Moments proposés")]
    starts_at: Annotated[datetime | None, Said("Moment choisi")]
    minutes: Annotated[int, Said("Durée en minutes")]
    place: Annotated[str, Said("Lieu")]
    created_at: Annotated[datetime, Said("Proposée le")]
    updated_at: Annotated[datetime, Said("Changée le")]


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftHeld:
    """Of `contact_drafts`: a request begun with the account's address, and not sent."""

    company: Annotated[str, Said("Entreprise")]
    email: Annotated[str, Said("Adresse e-mail")]
    created_at: Annotated[datetime, Said("Commencée le")]
    updated_at: Annotated[datetime, Said("Changée le")]
    sent_at: Annotated[datetime | None, Said("Lien de confirmation demandé le")]
    data: Annotated[Mapping[str, Any], Said("")]


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSearchHeld:
    """Of `saved_searches`."""

    label: Annotated[str, Said("Recherche")]
    query: Annotated[str, Said("Adresse")]
    frequency: Annotated[str, Said("Prévenir", HOW_OFTEN)]
    created_at: Annotated[datetime, Said("Gardée le")]
    checked_at: Annotated[datetime, Said("Vérifiée le")]
    seen_at: Annotated[datetime, Said("Ouverte le")]


@dataclass(frozen=True, slots=True, kw_only=True)
class FavouriteHeld:
    """Of `favourites`."""

    company: Annotated[str, Said("Entreprise")]
    rome: Annotated[str, Said("Code ROME")]
    note: Annotated[str, Said("Note")]
    by: Annotated[str, Said("Ajoutée par")]
    added_at: Annotated[datetime, Said("Ajoutée le")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Everything held about a person but their passport, section by section."""

    account: Annotated[AccountHeld, Said("Mon compte")]
    file: Annotated[FileHeld | None, Said("Mon dossier")]
    private: Annotated[Private, Said("Ce que j’ai dit de ma situation")]
    consents: Annotated[tuple[ConsentHeld, ...], Said("Mes accords")]
    referrals: Annotated[tuple[ReferralHeld, ...], Said("Qui m’accompagne")]
    searches: Annotated[tuple[SearchHeld, ...], Said("Recherches faites pour moi")]
    history: Annotated[tuple[LineHeld, ...], Said("Qui a ouvert ou changé mon dossier")]
    requests: Annotated[tuple[RequestHeld, ...], Said("Mes demandes d’immersion")]
    threads: Annotated[tuple[ThreadHeld, ...], Said("Messages de mes demandes")]
    files: Annotated[tuple[AttachedHeld, ...], Said("Mes fichiers")]
    visits: Annotated[tuple[VisitHeld, ...], Said("Mes visites")]
    drafts: Annotated[tuple[DraftHeld, ...], Said("Demandes d’immersion commencées")]
    saved_searches: Annotated[tuple[SavedSearchHeld, ...], Said("Mes recherches gardées")]
    favourites: Annotated[tuple[FavouriteHeld, ...], Said("Entreprises que je garde")]
    conventions: Annotated[tuple[ConventionHeld, ...], Said("Mes conventions")]
    versions: Annotated[tuple[VersionHeld, ...], Said("Textes envoyés à signer")]
    signatures: Annotated[tuple[SignatureHeld, ...], Said("Conventions que je signe")]
    scans: Annotated[tuple[ScanHeld, ...], Said("Papiers signés et numérisés")]
    story: Annotated[tuple[StoryHeld, ...], Said("Récit de ces conventions")]
    documents: Annotated[tuple[DocumentHeld, ...], Said("Documents scellés")]
    assessments: Annotated[tuple[AssessmentHeld, ...], Said("Bilans de mes immersions")]
    emails: Annotated[tuple[MessageHeld, ...], Said("E-mails envoyés")]
    sms: Annotated[tuple[MessageHeld, ...], Said("SMS envoyés")]
    sessions: Annotated[tuple[SessionHeld, ...], Said("Où mon compte est ouvert")]
    sign_ins: Annotated[tuple[SignInHeld, ...], Said("Liens de connexion demandés")]
    agencies: Annotated[tuple[AgencyRightHeld, ...], Said("Mes structures")]
    companies: Annotated[tuple[CompanyRightHeld, ...], Said("Mes entreprises")]
    invitations: Annotated[tuple[InvitationHeld, ...], Said("Invitations reçues")]
    registrations: Annotated[tuple[RegistrationHeld, ...], Said("Inscriptions d’entreprise en cours")]
    contacts: Annotated[tuple[ContactHeld, ...], Said("Fiches dont je suis le contact")]
    accompanying: Annotated[tuple[AccompanyingHeld, ...], Said("Personnes que j’accompagne, sans leur nom")]
    searches_made: Annotated[tuple[SearchHeld, ...], Said("Recherches que j’ai faites pour d’autres")]
    written: Annotated[
        tuple[ThreadHeld, ...], Said("Messages que j’ai écrits pour une entreprise ou pour d’autres")
    ]
    convention_parts: Annotated[tuple[PartHeld, ...], Said("Conventions dont je m’occupe, sans leur nom")]
    templates: Annotated[tuple[TemplateHeld, ...], Said("Modèles de convention que j’ai faits")]
    actions: Annotated[tuple[LineHeld, ...], Said("Ce que j’ai fait sur Escale")]
