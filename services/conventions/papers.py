"""The papers of a convention that are signed by hand: its own copy, and the blank form anybody prints."""

from datetime import datetime

from data.queries.conventions import ConventionRow
from data.session import ReadSession
from domain.convention import EDITABLE, Kind
from domain.errors import ConflictError
from services.conventions.document_data import blank_data, paper_data, written
from services.conventions.document_file import convention_pdf
from services.conventions.document_proof import paper_of

_NOT_TO_SIGN = "Cette convention n’est plus, ou pas encore, à signer : rien à imprimer."
_blanks: dict[Kind, bytes] = {}


async def paper_copy(session: ReadSession, row: ConventionRow, public_url: str) -> bytes:
    """The convention as it is now, with a line for each signature; raises `ConflictError` out of its time."""
    if row.status not in EDITABLE:
        raise ConflictError(_NOT_TO_SIGN)
    paper = await paper_of(session, row, public_url)
    sha256 = (row.terms_sha256 or b"").hex()
    return await convention_pdf(written(paper_data(row.document, paper, row.version, sha256, row.updated_at)))


async def blank_form(kind: Kind, now: datetime) -> bytes:
    """The form to fill by hand: made once in a process, since it names nobody."""
    if kind not in _blanks:
        _blanks[kind] = await convention_pdf(written(blank_data(kind, now)))
    return _blanks[kind]
