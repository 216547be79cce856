"""A small document to seal and to check."""

from datetime import UTC, datetime
from pathlib import Path

from clients.typesetting import typeset

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
_TEMPLATE = """
#let data = json(bytes(sys.inputs.data))
#set document(title: data.title)
#set text(lang: "fr")
= #data.title
#table(columns: 2, table.header([Jour], [Heures]), [lundi], [7])
"""


def template_in(folder: Path, text: str = _TEMPLATE) -> Path:
    path = folder / "page.typ"
    path.write_text(text)
    return path


async def page(folder: Path) -> bytes:
    return await typeset(template_in(folder), {"title": "Essai"}, NOW, archival=True)
