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
}
