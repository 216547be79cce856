"""Which files may be handed from one side to the other: told by their bytes, never by their name.

A PDF that does something when it is opened (scripts, files inside, forms sent away) is refused: PDF 1.7
(ISO 32000-1), 12.6. Its compressed parts are opened to look, within bounds.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator

from domain.values import clean_line

MAX_FILES = 5
MAX_BYTES = 5 * 1024 * 1024
MAX_NAME = 200
PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXTENSIONS = {PDF: "pdf", PNG: "png", JPEG: "jpg", DOCX: "docx"}
_PDF_START = 1024
"""Readers accept the mark of a PDF within its first 1,024 bytes."""
_ACTIVE = (b"JavaScript", b"Launch", b"EmbeddedFile", b"EmbeddedFiles", b"RichMedia", b"XFA")
_MORE_ACTIVE = (b"SubmitForm", b"ImportData", b"Movie", b"Sound", b"GoToE", b"Rendition")
_ACTIVE_NAME = re.compile(rb"/(?:" + b"|".join(_ACTIVE + _MORE_ACTIVE) + rb")(?![A-Za-z0-9])")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_INFLATED = 20 * 1024 * 1024
"""What is opened of the compressed parts of one file, in all."""
_MAX_STREAMS = 2000
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
        return "" if is_active(content) else PDF
    return DOCX if _is_docx(content) else ""


def is_active(content: bytes) -> bool:
    """Whether a PDF holds what acts when it is opened, or hides too much to say."""
    if _names_active(content) or b"/Encrypt" in content:
        return True
    room = _INFLATED
    for opened in _opened(content):
        room -= len(opened)
        if room <= 0 or _names_active(opened):
            return True
    return False


def _names_active(content: bytes) -> bool:
    plain = _ESCAPED.sub(lambda found: bytes((int(found[1], 16),)), content)
    return _ACTIVE_NAME.search(plain) is not None


def _opened(content: bytes) -> Iterator[bytes]:
    """The streams of objects of a PDF, opened; those of pictures and pages cannot act."""
    at = 0
    for _ in range(_MAX_STREAMS):
        at = content.find(b"/ObjStm", at)
        if at < 0:
            return
        start = content.find(b"stream", at)
        if start < 0:
            return
        data = start + len(b"stream")
        data += {b"\r\n": 2}.get(content[data : data + 2], 1)
        try:
            yield zlib.decompressobj().decompress(memoryview(content)[data:], _INFLATED)
        except zlib.error:
            yield b"/JavaScript"  # packed in a way we do not open: taken for the worst
        at = start


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
