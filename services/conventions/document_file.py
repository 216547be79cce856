"""The file of a convention, made of the values that are kept with it: the same values give the same bytes."""

import hashlib
import json
from datetime import datetime
from pathlib import Path

from clients.typesetting import made_with, typeset

TEMPLATE = Path(__file__).parents[1] / "templates" / "pdf" / "convention.typ"


async def convention_pdf(written: str) -> bytes:
    """The PDF (PDF/A-2a, PDF/UA-1, not sealed) of values as `document_data.written` gives them."""
    values = json.loads(written)
    return await typeset(TEMPLATE, values, datetime.fromisoformat(values["at"]), archival=True)


def tools() -> dict[str, str]:
    """What the bytes depend on beside the values: the typesetter, which carries its fonts; the template."""
    return {**made_with(), "template": hashlib.sha256(TEMPLATE.read_bytes()).hexdigest()}
