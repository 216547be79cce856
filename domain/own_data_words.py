"""How what is held is said in French: a field's name and the words of its codes, names of messages."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Said:
    """How a field is called in French, and the French words of its codes."""

    label: str
    words: Mapping[Any, str] = field(default_factory=dict)


MESSAGE_LABELS = {
    "account_sign_in": "Lien de connexion",
    "account_unused": "Compte inutilisé, bientôt supprimé",
    "agency_activated": "Structure active",
    "agency_closed": "Structure fermée",
    "agency_delegation_ending": "Délégation d’une structure qui se termine",
    "agency_invitation": "Invitation à rejoindre une structure",
    "agency_registered": "Inscription d’une structure reçue",
    "agency_rejected": "Inscription d’une structure refusée",
    "agency_right_asked": "Demande pour rejoindre une structure",
    "agency_right_changed": "Rôles changés dans une structure",
    "agency_right_granted": "Accès à une structure accordé",
    "agency_right_refused": "Accès à une structure refusé",
    "agency_right_removed": "Fin de l’accès à une structure",
    "company_address_notice": "Nouvelle adresse demandée pour une entreprise",
    "company_address_refused": "Nouvelle adresse d’une entreprise refusée",
    "company_address_to_check": "Nouvelle adresse d’une entreprise vérifiée par l’équipe",
    "company_banned": "Fiche d’entreprise retirée",
    "company_edit": "Lien pour modifier une fiche d’entreprise",
    "company_invitation": "Invitation à rejoindre une entreprise",
    "company_new_address": "Nouvelle adresse d’une entreprise à confirmer",
    "company_nudge": "Fiche d’entreprise à relire",
    "company_proof": "Inscription d’une entreprise à confirmer",
    "company_published": "Fiche d’entreprise publiée",
    "company_refused": "Inscription d’une entreprise refusée",
    "company_right_accepted": "Accès à une entreprise accordé",
    "company_right_asked": "Demande pour rejoindre une entreprise",
    "company_right_changed": "Rôle changé dans une entreprise",
    "company_right_refused": "Accès à une entreprise refusé",
    "company_right_removed": "Fin de l’accès à une entreprise",
    "company_set_aside": "Entreprise retirée des résultats, faute de réponses",
    "company_to_check": "Inscription d’une entreprise vérifiée par l’équipe",
    "company_unbanned": "Fiche d’entreprise rétablie",
    "discussion_accepted": "Demande d’immersion acceptée",
    "discussion_asked_candidate": "Demande d’immersion envoyée",
    "discussion_asked_company": "Demande d’immersion reçue",
    "discussion_expired_candidate": "Demande d’immersion close, sans réponse",
    "discussion_expired_company": "Demande d’immersion close, sans réponse de votre part",
    "discussion_message_candidate": "Nouveau message d’une entreprise",
    "discussion_message_company": "Nouveau message d’un candidat ou d’une candidate",
    "discussion_met_candidate": "Rencontre avec une entreprise : a-t-elle eu lieu ?",
    "discussion_met_company": "Rencontre avec une personne : a-t-elle eu lieu ?",
    "discussion_rejected": "Demande d’immersion refusée",
    "discussion_reminder": "Demande d’immersion qui attend votre réponse",
    "discussion_to_validate": "Demande d’immersion à valider",
    "discussion_told": "Demande d’immersion faite par une personne accompagnée",
    "discussion_unanswered": "Demande d’immersion encore sans réponse",
    "discussion_withdrawn": "Demande d’immersion retirée",
    "operator_parked": "Alerte : envois abandonnés",
    "referral_agreed": "Accompagnement accepté",
    "referral_asked": "Proposition d’accompagnement",
    "referral_ended_agent": "Fin d’un accompagnement, pour l’agent",
    "referral_ended_person": "Fin de votre accompagnement",
    "referral_entrusted": "Accompagnement confié par un ou une collègue",
    "referral_file": "Passeport commencé avec vous, à reprendre",
    "referral_new_agent": "Changement de la personne qui vous accompagne",
    "referral_refused": "Accompagnement refusé",
    "relay_not_handed_on": "Réponse par e-mail non transmise",
    "referral_unreachable": "Messages revenus d’une personne accompagnée",
    "request_proof": "Demande d’immersion à confirmer",
    "saved_search_news": "Nouveautés d’une recherche gardée",
    "visit_news": "Nouvelles d’une visite",
}
"""By the name of their template."""
