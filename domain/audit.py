"""What is written down of who decided what; each action has a French label for those who search."""

from enum import StrEnum


class AuditAction(StrEnum):
    """One kind of line. The object is named by its kind and id, never by its words."""

    AGENCY_REGISTERED = "agency.registered"
    AGENCY_CLAIMED = "agency.claimed"
    AGENCY_EDITED = "agency.edited"
    AGENCY_ACTIVATED = "agency.activated"
    AGENCY_REJECTED = "agency.rejected"
    AGENCY_CLOSED = "agency.closed"
    RIGHT_ASKED = "agency_right.asked"
    RIGHT_GRANTED = "agency_right.granted"
    RIGHT_REFUSED = "agency_right.refused"
    RIGHT_CHANGED = "agency_right.changed"
    RIGHT_REMOVED = "agency_right.removed"
    COLLEAGUE_INVITED = "agency_right.invited"
    FILE_STARTED = "file.started"
    FILE_READ = "file.read"
    FILE_TAKEN_OVER = "file.taken_over"
    PASSPORT_OPENED = "passport.opened"
    REFERRAL_ASKED = "referral.asked"
    REFERRAL_AGREED = "referral.agreed"
    REFERRAL_REFUSED = "referral.refused"
    REFERRAL_ENDED = "referral.ended"
    REFERRAL_HANDED_OVER = "referral.handed_over"
    COMPANY_EDITED = "company.edited"
    COMPANY_PAUSED = "company.paused"
    COMPANY_RESUMED = "company.resumed"
    COMPANY_CONFIRMED = "company.confirmed"
    COMPANY_SET_ASIDE = "company.set_aside"
    COMPANY_CAME_BACK = "company.came_back"
    COMPANY_CLOSED = "company.closed"
    COMPANY_REOPENED = "company.reopened"
    COMPANY_BANNED = "company.banned"
    COMPANY_UNBANNED = "company.unbanned"
    COMPANY_ADDRESS_KEPT = "company.address_kept"
    COMPANY_RIGHT_ASKED = "company_right.asked"
    COMPANY_RIGHT_GRANTED = "company_right.granted"
    COMPANY_RIGHT_REFUSED = "company_right.refused"
    COMPANY_RIGHT_CHANGED = "company_right.changed"
    COMPANY_RIGHT_REMOVED = "company_right.removed"
    COMPANY_COLLEAGUE_INVITED = "company_right.invited"
    REGISTRATION_APPROVED = "registration.approved"
    REGISTRATION_REFUSED = "registration.refused"
    DISCUSSION_ASKED = "discussion.asked"
    DISCUSSION_VALIDATED = "discussion.validated"
    DISCUSSION_RELEASED = "discussion.released"
    DISCUSSION_DECLINED = "discussion.declined"
    DISCUSSION_ACCEPTED = "discussion.accepted"
    DISCUSSION_REJECTED = "discussion.rejected"
    DISCUSSION_WITHDRAWN = "discussion.withdrawn"
    DISCUSSION_EXPIRED = "discussion.expired"
    DISCUSSION_CLOSED = "discussion.closed"
    DISCUSSION_REPORTED = "discussion.reported"
    REPORT_CLOSED = "discussion.report_closed"
    DISCUSSION_READ = "discussion.read"
    CONVENTION_READ = "convention.read"
    CONVENTIONS_EXPORTED = "convention.exported"
    CONVENTION_ARCHIVE_READ = "convention.archive_read"
    ACCOUNT_READ = "account.read"
    FLAG_OPENED = "flag.opened"
    FLAG_CLOSED = "flag.closed"
    WORK_REPLAYED = "outbox.replayed"
    STAFF_APPOINTED = "staff.appointed"
    STAFF_DISMISSED = "staff.dismissed"


AUDIT_LABELS = {
    AuditAction.AGENCY_REGISTERED: "Structure inscrite",
    AuditAction.AGENCY_CLAIMED: "Structure revendiquée par ses agents",
    AuditAction.AGENCY_EDITED: "Structure modifiée",
    AuditAction.AGENCY_ACTIVATED: "Structure activée",
    AuditAction.AGENCY_REJECTED: "Structure refusée",
    AuditAction.AGENCY_CLOSED: "Structure fermée",
    AuditAction.RIGHT_ASKED: "Accès à une structure demandé",
    AuditAction.RIGHT_GRANTED: "Accès à une structure accordé",
    AuditAction.RIGHT_REFUSED: "Accès à une structure refusé",
    AuditAction.RIGHT_CHANGED: "Rôles changés dans une structure",
    AuditAction.RIGHT_REMOVED: "Membre retiré d’une structure",
    AuditAction.COLLEAGUE_INVITED: "Collègue invité dans une structure",
    AuditAction.FILE_STARTED: "Dossier commencé avec la personne",
    AuditAction.FILE_READ: "Dossier consulté",
    AuditAction.FILE_TAKEN_OVER: "Dossier repris par la personne",
    AuditAction.PASSPORT_OPENED: "Passeport ouvert par la personne qui accompagne",
    AuditAction.REFERRAL_ASKED: "Accompagnement demandé",
    AuditAction.REFERRAL_AGREED: "Accompagnement accepté",
    AuditAction.REFERRAL_REFUSED: "Accompagnement refusé",
    AuditAction.REFERRAL_ENDED: "Accompagnement terminé",
    AuditAction.REFERRAL_HANDED_OVER: "Accompagnement confié à un ou une collègue",
    AuditAction.COMPANY_EDITED: "Fiche d’entreprise modifiée",
    AuditAction.COMPANY_PAUSED: "Entreprise mise en pause",
    AuditAction.COMPANY_RESUMED: "Pause d’une entreprise terminée",
    AuditAction.COMPANY_CONFIRMED: "Fiche d’entreprise dite à jour",
    AuditAction.COMPANY_SET_ASIDE: "Entreprise retirée de la recherche, faute de réponse",
    AuditAction.COMPANY_CAME_BACK: "Entreprise revenue dans la recherche",
    AuditAction.COMPANY_CLOSED: "Entreprise fermée",
    AuditAction.COMPANY_REOPENED: "Entreprise rouverte",
    AuditAction.COMPANY_BANNED: "Entreprise bannie",
    AuditAction.COMPANY_UNBANNED: "Bannissement d’une entreprise levé",
    AuditAction.COMPANY_ADDRESS_KEPT: "Changement d’adresse d’une entreprise bloqué",
    AuditAction.COMPANY_RIGHT_ASKED: "Accès à une entreprise demandé",
    AuditAction.COMPANY_RIGHT_GRANTED: "Accès à une entreprise accordé",
    AuditAction.COMPANY_RIGHT_REFUSED: "Accès à une entreprise refusé",
    AuditAction.COMPANY_RIGHT_CHANGED: "Rôle changé dans une entreprise",
    AuditAction.COMPANY_RIGHT_REMOVED: "Membre retiré d’une entreprise",
    AuditAction.COMPANY_COLLEAGUE_INVITED: "Collègue invité dans une entreprise",
    AuditAction.REGISTRATION_APPROVED: "Inscription d’entreprise acceptée",
    AuditAction.REGISTRATION_REFUSED: "Inscription d’entreprise refusée",
    AuditAction.DISCUSSION_ASKED: "Demande d’immersion envoyée",
    AuditAction.DISCUSSION_VALIDATED: "Demande d’immersion validée par le référent",
    AuditAction.DISCUSSION_RELEASED: "Demande d’immersion envoyée : plus personne ne la validait",
    AuditAction.DISCUSSION_DECLINED: "Demande d’immersion écartée par le référent",
    AuditAction.DISCUSSION_ACCEPTED: "Demande d’immersion acceptée",
    AuditAction.DISCUSSION_REJECTED: "Demande d’immersion refusée",
    AuditAction.DISCUSSION_WITHDRAWN: "Demande d’immersion retirée",
    AuditAction.DISCUSSION_EXPIRED: "Demande d’immersion restée sans réponse",
    AuditAction.DISCUSSION_CLOSED: "Demande d’immersion close",
    AuditAction.DISCUSSION_REPORTED: "Demande d’immersion signalée",
    AuditAction.REPORT_CLOSED: "Signalement d’une demande d’immersion traité",
    AuditAction.DISCUSSION_READ: "Échanges consultés par la personne qui accompagne",
    AuditAction.CONVENTION_READ: "Convention consultée par une structure ou par la plateforme",
    AuditAction.CONVENTIONS_EXPORTED: "Liste de conventions enregistrée dans un fichier",
    AuditAction.CONVENTION_ARCHIVE_READ: "Convention archivée consultée, avec une raison",
    AuditAction.ACCOUNT_READ: "Compte consulté par l’équipe de la plateforme",
    AuditAction.FLAG_OPENED: "Fonction ouverte",
    AuditAction.FLAG_CLOSED: "Fonction fermée",
    AuditAction.WORK_REPLAYED: "Envoi relancé",
    AuditAction.STAFF_APPOINTED: "Personne ajoutée à l’équipe de la plateforme",
    AuditAction.STAFF_DISMISSED: "Personne retirée de l’équipe de la plateforme",
}
