"""The lines of a convention's story: what happened, and how it is said."""

from enum import StrEnum


class Line(StrEnum):
    """What happened; the label is the beginning of the line people read."""

    STARTED = "started"
    SUBMITTED = "submitted"
    EDITED = "edited"
    OPENED = "opened"
    CODE_SENT = "code_sent"
    SIGNED = "signed"
    SIGNED_ON_PAPER = "signed_on_paper"
    PRE_APPROVED = "pre_approved"
    VALIDATED = "validated"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    TRANSFERRED = "transferred"
    RENEWED = "renewed"
    TUTOR_CHANGED = "tutor_changed"
    REMINDED = "reminded"
    FOLLOWED = "followed"
    SEALED = "sealed"
    DEPOSITED = "deposited"
    ASSESSED = "assessed"
    ASSESSMENT_AGREED = "assessment_agreed"
    LEFT = "left"
    ARCHIVED_READ = "archived_read"


LINE_LABELS = {
    Line.STARTED: "Brouillon commencé",
    Line.SUBMITTED: "Convention envoyée à signer",
    Line.EDITED: "Convention modifiée : les signatures sont à refaire",
    Line.OPENED: "Document ouvert pour lecture",
    Line.CODE_SENT: "Code de signature envoyé",
    Line.SIGNED: "Signature",
    Line.SIGNED_ON_PAPER: "Signature sur papier, attestée",
    Line.PRE_APPROVED: "Pré-validation",
    Line.VALIDATED: "Validation, signature de la structure prescriptrice",
    Line.REJECTED: "Refus",
    Line.CANCELLED: "Annulation",
    Line.EXPIRED: "Abandon : la date de fin est passée depuis un mois",
    Line.TRANSFERRED: "Transmission à une autre structure",
    Line.RENEWED: "Renouvellement",
    Line.TUTOR_CHANGED: "Changement de tuteur ou de tutrice",
    Line.REMINDED: "Rappel envoyé",
    Line.FOLLOWED: "Nouveau référent ou nouvelle référente",
    Line.SEALED: "Document scellé",
    Line.DEPOSITED: "Dépôt auprès de l’État enregistré",
    Line.ASSESSED: "Bilan de l’entreprise",
    Line.ASSESSMENT_AGREED: "Bilan de la personne accueillie",
    Line.LEFT: "Compte supprimé : la convention continue jusqu’à son dernier jour",
    Line.ARCHIVED_READ: "Archive consultée",
}
