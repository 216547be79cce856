"""Scans of papers signed by hand: looked into before they are kept, opened by agents alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from clients.pdf import fault_of
from data.queries import convention_scans, convention_signatories
from data.queries.convention_scans import ScanFile
from data.session import ReadSession
from domain.attachments import PDF
from domain.convention import AS_LABELS, STAFF, As
from domain.errors import ForbiddenError, NotFoundError, UnavailableError
from domain.french import within
from domain.paper_scan import Scan, pdf_refusal, scan_of
from services.conventions.parties import Standing

_BUSY = "Nous ne pouvons pas lire ce PDF maintenant. Réessayez dans une minute, ou ajoutez une photo."
_AGENTS_ONLY = "Seules la structure prescriptrice et l’équipe de la plateforme voient ce papier."
_NONE = "Aucun papier signé n’est gardé pour cette personne."


@dataclass(frozen=True, slots=True)
class SignedPaper:
    """One that can be opened. `label`: of who signed, within a sentence. `former`: the text changed since."""

    whom: As
    label: str
    former: bool


async def taken(content: bytes) -> Scan:
    """A file that may be kept; raises `InvalidInputError` on `scan`, or `UnavailableError`."""
    scan = scan_of(content)
    if scan.media_type == PDF:
        try:
            fault = await fault_of(content)
        except UnavailableError as error:
            raise UnavailableError(_BUSY, retry_after_s=60) from error
        if fault is not None:
            raise pdf_refusal(fault)
    return scan


async def signed_papers(session: ReadSession, standing: Standing) -> Sequence[SignedPaper]:
    """The latest of each person, for agents; nothing for anybody else."""
    if not standing.whom & STAFF:
        return ()
    return await papers_of(session, standing.row.id)


async def papers_of(session: ReadSession, convention: UUID) -> Sequence[SignedPaper]:
    """The same for whoever may open them: its caller looked."""
    latest = {one.whom: one for one in await convention_scans.of_convention(session, convention)}
    if not latest:
        return ()
    signatories = await convention_signatories.of_convention(session, convention)
    signed = {one.whom: one.signed_version for one in signatories}
    return [
        SignedPaper(whom, within(AS_LABELS[whom]), former=latest[whom].version != signed.get(whom))
        for whom in As
        if whom in latest
    ]


async def open_paper(session: ReadSession, standing: Standing, whom: As) -> ScanFile:
    """The latest paper of a person; raises `ForbiddenError` for who is no agent, `NotFoundError`."""
    if not standing.whom & STAFF:
        raise ForbiddenError(_AGENTS_ONLY)
    found = await convention_scans.content(session, standing.row.id, whom)
    if found is None:
        raise NotFoundError(_NONE)
    return found
