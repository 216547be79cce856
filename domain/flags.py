"""What the back office may close and open again without a new version; open unless it was closed."""

from enum import StrEnum


class Flag(StrEnum):
    """One thing that can be closed for a time."""

    COMPANY_REGISTRATION = "company_registration"
    AGENCY_REGISTRATION = "agency_registration"
    REFERRALS = "referrals"


FLAG_LABELS = {
    Flag.COMPANY_REGISTRATION: "Inscription des entreprises",
    Flag.AGENCY_REGISTRATION: "Inscription des structures",
    Flag.REFERRALS: "Nouveaux accompagnements",
}
CLOSED = {
    Flag.COMPANY_REGISTRATION: "Les inscriptions d’entreprises sont fermées pour le moment. Revenez demain.",
    Flag.AGENCY_REGISTRATION: "Les inscriptions de structures sont fermées pour le moment. Revenez demain.",
    Flag.REFERRALS: "Les nouveaux accompagnements sont fermés pour le moment. Revenez demain.",
}
