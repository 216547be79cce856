"""PDF documents, typeset from a template (Typst) and plain values.

A document is accessible (PDF/UA-1: tagged, titled, in its language; typst refuses what is not), the same
bytes for the same values, and nothing of the machine is read: fonts are those typst carries, no package
is fetched. Values are text to typst, never markup.
"""

import asyncio
import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any

import typst


async def typeset(
    template: Path, values: Mapping[str, Any], at: datetime, *, archival: bool = False
) -> bytes:
    """The document dated `at` that a template makes of plain values (text, numbers, lists, mappings).

    The template reads them with `json(bytes(sys.inputs.data))`. `archival` makes it a PDF/A-2a as well. Typst
    runs in a thread, without the interpreter's lock. Raises `typst.TypstError` for a template that is wrong.
    """
    data = json.dumps(values, ensure_ascii=False)
    return await asyncio.to_thread(_compile, template, data, at, archival=archival)


def made_with() -> dict[str, str]:
    """The typesetter's version, which is that of its fonts too."""
    return {"typst": version("typst")}


@cache
def _compiler(template: Path) -> tuple[typst.Compiler, Lock]:
    """Kept with its fonts and its reading of the template, a quarter of the work; one document at a time."""
    return typst.Compiler(str(template), root=str(template.parent), ignore_system_fonts=True), Lock()


def _compile(template: Path, data: str, at: datetime, *, archival: bool) -> bytes:
    compiler, alone = _compiler(template)
    with alone:
        made = compiler.compile(
            format="pdf",
            sys_inputs={"data": data},
            pdf_standards=["a-2a", "ua-1"] if archival else "ua-1",
            timestamp=int(at.timestamp()),
        )
    if not isinstance(made, bytes):
        raise TypeError("typst gave no single document")
    return made
