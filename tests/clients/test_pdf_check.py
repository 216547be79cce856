"""The spot checks see each fault that they name, in a document that has none otherwise."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pdfua import validate
from pikepdf import Array, Dictionary, Name

from clients.pdf_check import Flaw, flaws_of
from clients.seal import DocumentSeal
from clients.seal_keys import developers_key
from clients.typesetting import typeset
from tests.clients.pages import NOW, page, template_in

SEAL = DocumentSeal(developers_key("x"))


@pytest.fixture(scope="module")
async def pdf(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return await page(tmp_path_factory.mktemp("pdf"))


def changed(content: bytes, change: Callable[[Any], None]) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as document:
        change(document)
        document.save(out)
    return out.getvalue()


def by_the_library(folder: Path, content: bytes) -> list[str]:
    """What another checker says, of the rules it knows."""
    path = folder / "document.pdf"
    path.write_bytes(content)
    return [one.rule_id for one in validate(str(path)).findings]


async def test_what_we_make_has_none_of_them_sealed_or_not(pdf: bytes, tmp_path: Path) -> None:
    sealed = (await SEAL.seal(pdf, NOW)).whole
    for one in (pdf, sealed):
        assert flaws_of(one) == []
        assert by_the_library(tmp_path, one) == []
    assert by_the_library(tmp_path, changed(pdf, no_language)) != []


def no_tags(document: Any) -> None:  # noqa: ANN401 - of pikepdf
    del document.Root.MarkInfo


def no_language(document: Any) -> None:  # noqa: ANN401
    document.Root.Lang = ""


def title_hidden(document: Any) -> None:  # noqa: ANN401
    del document.Root.ViewerPreferences


def no_title(document: Any) -> None:  # noqa: ANN401
    with document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as described:
        del described["dc:title"]


def another_claim(document: Any) -> None:  # noqa: ANN401
    with document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as described:
        described["pdfaid:conformance"] = "B"


def no_intent(document: Any) -> None:  # noqa: ANN401
    del document.Root.OutputIntents


def font_of_the_machine(document: Any) -> None:  # noqa: ANN401
    fonts = document.pages[0].resources.Font
    fonts["/Other"] = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)


def text_outside(document: Any) -> None:  # noqa: ANN401
    document.pages[0].contents_add(b"BT (x) Tj ET")


def _of_kind(document: Any, kind: str) -> list[Any]:  # noqa: ANN401
    return [
        one for one in document.objects if isinstance(one, pikepdf.Dictionary) and one.get("/S") == Name(kind)
    ]


def no_headers(document: Any) -> None:  # noqa: ANN401
    for one in _of_kind(document, "/TH"):
        one.S = Name.TD


def headers_of_nothing(document: Any) -> None:  # noqa: ANN401
    for one in _of_kind(document, "/TH"):
        del one.A


def heading_too_low(document: Any) -> None:  # noqa: ANN401
    for one in _of_kind(document, "/H1"):
        one.S = Name.H3


def figure(document: Any) -> None:  # noqa: ANN401
    for one in _of_kind(document, "/H1"):
        one.S = Name.Figure


def annotation(document: Any) -> None:  # noqa: ANN401
    note = Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=[0, 0, 9, 9])
    document.pages[0].obj.Annots = Array([document.make_indirect(note)])
    del document.pages[0].obj.Tabs


@pytest.mark.parametrize(
    ("change", "flaw"),
    [
        (no_tags, Flaw.NO_TAGS),
        (no_language, Flaw.NO_LANGUAGE),
        (title_hidden, Flaw.TITLE_NOT_SHOWN),
        (no_title, Flaw.NO_TITLE),
        (another_claim, f"{Flaw.NOT_DECLARED}: pdfaid:conformance"),
        (no_intent, Flaw.NO_OUTPUT_INTENT),
        (font_of_the_machine, f"{Flaw.FONT_NOT_EMBEDDED}: page 1, /Other"),
        (text_outside, f"{Flaw.UNMARKED_CONTENT}: page 1"),
        (no_headers, Flaw.TABLE_WITHOUT_HEADERS),
        (headers_of_nothing, Flaw.TABLE_WITHOUT_HEADERS),
        (heading_too_low, f"{Flaw.HEADINGS_OUT_OF_ORDER}: H3"),
        (figure, Flaw.FIGURE_WITHOUT_TEXT),
        (annotation, f"{Flaw.TABS_OUT_OF_ORDER}: page 1"),
    ],
)
def test_each_fault_is_named(pdf: bytes, change: Callable[[Any], None], flaw: str) -> None:
    assert flaws_of(changed(pdf, change)) == [flaw]


async def test_a_document_that_claims_nothing(tmp_path: Path) -> None:
    made = await typeset(template_in(tmp_path), {"title": "Essai"}, NOW)
    assert f"{Flaw.NOT_DECLARED}: pdfaid:part" in flaws_of(made)
    assert flaws_of(made[:500]) == [f"{Flaw.UNREADABLE}: PdfError"]
    assert flaws_of(b"") == [f"{Flaw.UNREADABLE}: PdfError"]
