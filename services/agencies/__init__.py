"""Agencies: registered or claimed, decided on, served by their people, proposed to candidates."""

from services.agencies.deciding import ToReview, activate, close, reject, to_review
from services.agencies.proposing import Proposed, propose
from services.agencies.registering import claim, register

__all__ = [
    "Proposed",
    "ToReview",
    "activate",
    "claim",
    "close",
    "propose",
    "register",
    "reject",
    "to_review",
]
