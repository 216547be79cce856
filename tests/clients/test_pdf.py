"""PDFs from anybody: what is only read passes, what acts does not, what breaks the reader harms nobody."""

import asyncio
import io
import zlib
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from clients.pdf import fault_of
from domain.cv import CvFault


def pdf(change: Callable[[Any], None] | None = None, **saved: Any) -> bytes:  # noqa: ANN401 - of pikepdf
    made = pikepdf.new()
    made.add_blank_page()
    if change:
        change(made)
    written = io.BytesIO()
    made.save(written, **saved)
    return written.getvalue()


def to_a_page(made: Any) -> None:  # noqa: ANN401
    made.Root.OpenAction = Array([made.pages[0].obj, Name.Fit])


def link(made: Any) -> None:  # noqa: ANN401
    to = Dictionary(S=Name.URI, URI="https://exemple.fr")
    made.pages[0].obj.Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, A=to)])


def script_at_opening(made: Any) -> None:  # noqa: ANN401
    made.Root.OpenAction = Dictionary(S=Name.JavaScript, JS="app.alert(1)")


def named_script(made: Any) -> None:  # noqa: ANN401
    made.Root.Names = Dictionary(JavaScript=Dictionary(Names=Array([])))


def script_in_an_object_stream(made: Any) -> None:  # noqa: ANN401
    action = made.make_indirect(Dictionary(S=Name.JavaScript, JS="app.alert(1)"))
    made.pages[0].obj.AA = Dictionary(O=action)


def program(made: Any) -> None:  # noqa: ANN401
    made.Root.OpenAction = Dictionary(S=Name.Launch, F="cmd.exe")


def attachment(made: Any) -> None:  # noqa: ANN401
    made.attachments["facture.exe"] = b"MZ"


def dynamic_form(made: Any) -> None:  # noqa: ANN401
    made.Root.AcroForm = Dictionary(Fields=Array([]), XFA=made.make_stream(b"<xdp/>"))


def film(made: Any) -> None:  # noqa: ANN401
    made.pages[0].obj.Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.RichMedia)])


def deep(made: Any) -> None:  # noqa: ANN401
    nested = Array([])
    for _ in range(300):
        nested = Array([nested])
    made.Root.Deep = nested


@pytest.mark.parametrize("change", [None, to_a_page, link])
async def test_what_is_only_read(change: Callable[[Any], None] | None) -> None:
    assert await fault_of(pdf(change)) is None


@pytest.mark.parametrize(
    "change",
    [
        script_at_opening,
        named_script,
        script_in_an_object_stream,
        program,
        attachment,
        dynamic_form,
        film,
    ],
)
async def test_what_acts(change: Callable[[Any], None]) -> None:
    packed = pikepdf.ObjectStreamMode.generate
    assert await fault_of(pdf(change)) is CvFault.ACTIVE
    assert await fault_of(pdf(change, object_stream_mode=packed)) is CvFault.ACTIVE


async def test_behind_a_password() -> None:
    for_all = pikepdf.Encryption(owner="clef", user="")
    assert await fault_of(pdf(encryption=for_all)) is None
    assert await fault_of(pdf(script_at_opening, encryption=for_all)) is CvFault.ACTIVE
    assert await fault_of(pdf(encryption=pikepdf.Encryption(owner="clef", user="mot"))) is CvFault.LOCKED


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7\n", b"%PDF-1.7\n" + b"\x00\xff" * 5000, pdf(deep), b"%PDF-1.7\n" + pdf()[:80]]
)
async def test_what_cannot_be_read(content: bytes) -> None:
    assert await fault_of(content) is CvFault.BROKEN


def bomb() -> bytes:
    """An object stream of 1 MB that opens into more memory than its reader may take."""
    squeezer = zlib.compressobj(9)
    zeros = b" " * (1 << 20)
    body = b"".join(squeezer.compress(zeros) for _ in range(600)) + squeezer.flush()
    head = b"%PDF-1.5\n1 0 obj\n<</Type/Catalog/Pages 3 0 R>>\nendobj\n"
    start = len(head)
    packed = b"2 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\nstream\n" % len(body)
    whole = head + packed + body + b"\nendstream\nendobj\n"
    table = b"\x01" + (9).to_bytes(3, "big") + b"\x00" + b"\x01" + start.to_bytes(3, "big") + b"\x00"
    table += b"\x02" + (2).to_bytes(3, "big") + b"\x00"
    tail = b"4 0 obj\n<</Type/XRef/Size 4/Index[1 3]/W[1 3 1]/Root 1 0 R/Length %d>>\nstream\n" % len(table)
    return whole + tail + table + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % len(whole)


async def test_a_bomb_breaks_its_reader_alone() -> None:
    assert len(bomb()) < 2_000_000
    assert await fault_of(bomb()) is CvFault.BROKEN
    assert await asyncio.gather(*(fault_of(pdf()) for _ in range(4))) == [None] * 4
