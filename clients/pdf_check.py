"""Spot checks of a document we made: what PDF/A-2a and PDF/UA-1 ask that a program can see (pikepdf).

A check is no certificate: it says what is missing, never that nothing is. Only for our own documents: a file
from anybody goes through `clients.pdf`.
"""

import io
import re
from collections.abc import Iterator
from enum import StrEnum

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf

_MAX_DEPTH = 60
_SCOPES = {"/Row", "/Column", "/Both"}
_FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")
_PAINTING = {"Tj", "TJ", "'", '"', "f", "F", "f*", "B", "B*", "b", "b*", "S", "s", "Do", "sh", "INLINE IMAGE"}
"""Operators that put something on the page (ISO 32000-1, annex A)."""
_CLAIMS = {
    "pdfaid:part": "2",
    "pdfaid:conformance": "A",
    "pdfuaid:part": "1",
}


class Flaw(StrEnum):
    """What a document lacks."""

    UNREADABLE = "unreadable"
    NO_TAGS = "no_tags"
    NO_LANGUAGE = "no_language"
    TITLE_NOT_SHOWN = "title_not_shown"
    NO_TITLE = "no_title"
    NOT_DECLARED = "not_declared"
    NO_OUTPUT_INTENT = "no_output_intent"
    FONT_NOT_EMBEDDED = "font_not_embedded"
    UNMARKED_CONTENT = "unmarked_content"
    TABLE_WITHOUT_HEADERS = "table_without_headers"
    FIGURE_WITHOUT_TEXT = "figure_without_text"
    HEADINGS_OUT_OF_ORDER = "headings_out_of_order"
    TABS_OUT_OF_ORDER = "tabs_out_of_order"
    ENCRYPTED = "encrypted"


def flaws_of(content: bytes) -> list[str]:
    """What the document lacks, each as `flaw` or `flaw: where`; empty when nothing was found."""
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            return [*_of_catalogue(pdf), *_of_metadata(pdf), *_of_pages(pdf), *_of_tags(pdf)]
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        return [f"{Flaw.UNREADABLE}: {type(error).__name__}"]


def _of_catalogue(pdf: Pdf) -> Iterator[str]:
    root = pdf.Root
    if not (root.get("/MarkInfo", Dictionary()).get("/Marked", False) and "/StructTreeRoot" in root):
        yield Flaw.NO_TAGS
    if not re.fullmatch(r"[a-zA-Z]{2,3}(-[A-Za-z0-9]{2,8})*", str(root.get("/Lang", ""))):
        yield Flaw.NO_LANGUAGE
    if not root.get("/ViewerPreferences", Dictionary()).get("/DisplayDocTitle", False):
        yield Flaw.TITLE_NOT_SHOWN
    if not any(one.get("/S") == "/GTS_PDFA1" for one in root.get("/OutputIntents", Array())):
        yield Flaw.NO_OUTPUT_INTENT
    if pdf.is_encrypted:
        yield Flaw.ENCRYPTED


def _of_metadata(pdf: Pdf) -> Iterator[str]:
    with pdf.open_metadata(set_pikepdf_as_editor=False) as described:
        if not described.get("dc:title"):
            yield Flaw.NO_TITLE
        for name, value in _CLAIMS.items():
            if described.get(name) != value:
                yield f"{Flaw.NOT_DECLARED}: {name}"


def _of_pages(pdf: Pdf) -> Iterator[str]:
    for number, page in enumerate(pdf.pages, 1):
        for name, font in page.resources.get("/Font", Dictionary()).items():
            if not _embedded(font):
                yield f"{Flaw.FONT_NOT_EMBEDDED}: page {number}, {name}"
        if _unmarked(page):
            yield f"{Flaw.UNMARKED_CONTENT}: page {number}"
        if page.obj.get("/Annots") is not None and page.obj.get("/Tabs") != "/S":
            yield f"{Flaw.TABS_OUT_OF_ORDER}: page {number}"


def _embedded(font: Object) -> bool:
    if font.get("/Subtype") == "/Type3":
        return True  # its shapes are in the document
    inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
    descriptor = inner.get("/FontDescriptor", Dictionary())
    return any(name in descriptor for name in _FONT_FILES)


def _unmarked(page: pikepdf.Page) -> bool:
    """Whether something is painted neither in a tag nor as an artifact."""
    depth = 0
    for instruction in pikepdf.parse_content_stream(page):
        operator = str(instruction.operator)
        if operator in {"BDC", "BMC"}:
            depth += 1
        elif operator == "EMC":
            depth -= 1
        elif operator in _PAINTING and depth == 0:
            return True
    return False


def _of_tags(pdf: Pdf) -> Iterator[str]:
    tree = pdf.Root.get("/StructTreeRoot")
    if tree is None:
        return
    level = 0
    for tag, element in _elements(tree, 0):
        if tag == "/Table":
            yield from _of_table(element)
        elif tag == "/Figure" and not str(element.get("/Alt", element.get("/ActualText", ""))).strip():
            yield Flaw.FIGURE_WITHOUT_TEXT
        elif heading := re.fullmatch(r"/H([1-6])", tag):
            if int(heading[1]) > level + 1:
                yield f"{Flaw.HEADINGS_OUT_OF_ORDER}: {tag[1:]}"
            level = int(heading[1])


def _of_table(table: Object) -> Iterator[str]:
    """A table names its columns or its rows, and says which."""
    headers = [element for tag, element in _elements(table, 0) if tag == "/TH"]
    if not headers or not all(_scope(one) in _SCOPES for one in headers):
        yield Flaw.TABLE_WITHOUT_HEADERS


def _scope(header: Object) -> str:
    attributes = header.get("/A", Array())
    for one in attributes if isinstance(attributes, Array) else [attributes]:
        if isinstance(one, Dictionary) and "/Scope" in one:
            return str(one.Scope)
    return ""


def _elements(parent: Object, depth: int) -> Iterator[tuple[str, Object]]:
    """Every element below one, in reading order, with its tag."""
    if depth > _MAX_DEPTH:
        raise ValueError("nested too deep")
    kids = parent.get("/K", Array())
    for one in kids if isinstance(kids, Array) else [kids]:
        if isinstance(one, Dictionary) and isinstance(one.get("/S"), Name):
            yield str(one.S), one
            yield from _elements(one, depth + 1)
