"""Which files may be handed from one side to the other: told by their bytes, never by their name.

What a PDF does when it is opened is looked at by `clients.pdf`.
"""

import io
import re
import zipfile

from domain.values import clean_line

MAX_FILES = 5
MAX_BYTES = 5 * 1024 * 1024
MAX_NAME = 200
PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXTENSIONS = {PDF: "pdf", PNG: "png", JPEG: "jpg", DOCX: "docx"}
_PDF_START = 1024
"""Readers accept the mark of a PDF within its first 1,024 bytes."""
_DOCX_PARTS = 2000


def media_type(content: bytes) -> str:
    """What a file is, when it may be handed over; empty when it may not."""
    if not 0 < len(content) <= MAX_BYTES:
        return ""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if b"%PDF-" in content[:_PDF_START]:
        return PDF
    return DOCX if _is_docx(content) else ""


def _is_docx(content: bytes) -> bool:
    """A Word document without macros."""
    if not content.startswith(b"PK\x03\x04"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            names = {one.lower() for one in opened.namelist()[:_DOCX_PARTS]}
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return False
    acts = any("vbaproject" in one or one.startswith("word/embeddings/") for one in names)
    return {"[content_types].xml", "word/document.xml"} <= names and not acts


def tidy_name(name: str, kind: str) -> str:
    """A file's name on one line, without a path, with the ending of what it is."""
    bare = re.split(r"[/\\]", clean_line(name))[-1].strip(". ")
    ending = EXTENSIONS[kind]
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", bare)[: MAX_NAME - len(ending) - 1] or "piece-jointe"
    return f"{stem}.{ending}"
