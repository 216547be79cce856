"""A registration as its holder sees it, and how it is kept between two steps."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from data.queries.registrations import RegistrationRow
from domain.company import CompanyForm, RegistrationStatus, Step
from domain.errors import ConflictError, NotFoundError, SignInError
from domain.roles import Actor

FORM_STEPS = (Step.IDENTITY, Step.PLACES, Step.OFFERS, Step.CONTACT)
LOST = (
    "Nous ne retrouvons pas cette inscription sur cet appareil : elle a plus de 30 jours, ou elle a été "
    "commencée ailleurs. Recommencez avec le SIRET."
)
LEFT = "Connectez-vous pour continuer la modification de cette fiche."
CLOSED = {
    RegistrationStatus.TO_CHECK: "Votre inscription est en cours de vérification : elle ne se modifie plus.",
    RegistrationStatus.PUBLISHED: (
        "Votre fiche est publiée. Pour la modifier, demandez le lien de modification depuis la fiche."
    ),
    RegistrationStatus.REFUSED: "Cette inscription a été refusée. Écrivez-nous si c’est une erreur.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What the row's `data` holds."""

    form: CompanyForm = field(default_factory=CompanyForm)
    done: tuple[Step, ...] = ()
    diffusible: bool = True
    refusal: str = ""
    editor: UUID | None = None
    version: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A registration under way. `form` starts with what the register knows; `done` are the steps confirmed.

    Once published its form is empty: the company's page has it.
    """

    id: UUID
    status: RegistrationStatus
    siret: str
    form: CompanyForm
    done: tuple[Step, ...]
    diffusible: bool
    company_id: int | None
    """The company it edits; None for a new one."""
    refusal: str
    updated_at: datetime
    editor: UUID | None = None
    """The account that opened it from its company's space; None for an edit opened by a link."""
    version: datetime | None = None
    """Of the company when the edit was opened: another one since then, and it would be overwritten."""

    @property
    def editing(self) -> bool:
        """Whether it changes a company that is already proved."""
        return self.company_id is not None

    @property
    def next_step(self) -> Step:
        """The first step not confirmed yet, else the summary."""
        return next((step for step in FORM_STEPS if step not in self.done), Step.SUMMARY)


def seen(row: RegistrationRow) -> Registration:
    """A row as its holder sees it."""
    kept = msgspec.convert(dict(row.data), Kept)
    return Registration(
        id=row.id,
        status=row.status,
        siret=row.siret,
        form=kept.form,
        done=kept.done,
        diffusible=kept.diffusible,
        company_id=row.company_id,
        refusal=kept.refusal,
        updated_at=row.updated_at,
        editor=kept.editor,
        version=kept.version,
    )


def data_of(kept: Kept) -> Mapping[str, Any]:
    """What is written in the row."""
    data: dict[str, Any] = msgspec.to_builtins(kept)
    return data


def written(row: RegistrationRow, draft: Registration, now: datetime) -> RegistrationRow:
    """The row that keeps this draft."""
    kept = Kept(
        form=draft.form,
        done=draft.done,
        diffusible=draft.diffusible,
        refusal=draft.refusal,
        editor=draft.editor,
        version=draft.version,
    )
    return replace(
        row,
        status=draft.status,
        siret=draft.siret,
        email=draft.form.contact.email,
        data=data_of(kept),
        updated_at=now,
    )


def emptied(row: RegistrationRow, now: datetime) -> RegistrationRow:
    """The row once its form is published: what was typed is the company's, and is not kept twice."""
    return replace(row, status=RegistrationStatus.PUBLISHED, email="", data={}, updated_at=now)


def check_holder(draft: Registration, actor: Actor) -> None:
    """Raise `SignInError` when an edit opened from an account is held by a browser that left it."""
    if draft.editor is not None and draft.editor != actor.user:
        raise SignInError(LEFT)


def found(row: RegistrationRow | None) -> RegistrationRow:
    """The row; raises `NotFoundError` when there is none."""
    if row is None:
        raise NotFoundError(LOST)
    return row


def open_to_change(row: RegistrationRow | None) -> RegistrationRow:
    """The row when its form may still change; raises `NotFoundError` or `ConflictError`."""
    row = found(row)
    if row.status in CLOSED:
        raise ConflictError(CLOSED[row.status])
    return row
