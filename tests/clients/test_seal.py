"""A sealed document is its bytes and a tail, and any other byte is found out."""

import io
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pikepdf
import pytest

from clients.seal import DocumentSeal
from clients.seal_keys import fingerprint, new_seal_key
from domain.errors import UnavailableError
from domain.seal import MAX_SEALED_BYTES, Sealed, SealFault
from tests.clients.pages import NOW, page

KEY = new_seal_key("Cachet de test", NOW, 1)
SEAL = DocumentSeal(KEY)


@pytest.fixture(scope="module")
async def pdf(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return await page(tmp_path_factory.mktemp("pdf"))


@pytest.fixture(scope="module")
async def sealed(pdf: bytes) -> Sealed:
    return await SEAL.seal(pdf, NOW)


def test_the_document_and_its_tail(pdf: bytes, sealed: Sealed) -> None:
    assert sealed.pdf == pdf
    assert pdf + sealed.tail == sealed.whole
    assert len(sealed.tail) < 10_000
    assert (sealed.certificate, sealed.timestamped, sealed.without_time) == (
        fingerprint(KEY.certificate),
        False,
        "",
    )


async def test_a_sealed_file_is_verified(sealed: Sealed) -> None:
    seen = await SEAL.verify(sealed.whole)
    assert (seen.valid, seen.whole_file, seen.timestamped) == (True, True, False)
    assert seen.certificate == fingerprint(KEY.certificate)
    assert seen.signed_at == NOW
    assert seen.why.startswith("Ce PDF est entier")


async def test_the_tail_kept_seals_the_document_made_again(pdf: bytes, sealed: Sealed) -> None:
    again = await SEAL.seal(pdf, NOW)
    assert again.tail != sealed.tail
    assert (await SEAL.verify(bytes(pdf) + sealed.tail)).valid


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def in_the_text(sealed: Sealed) -> bytes:
    return flipped(sealed.whole, len(sealed.pdf) // 2)


def in_the_tail(sealed: Sealed) -> bytes:
    return sealed.whole.replace(b"/SigFlags 3", b"/SigFlags 2")


def the_date(sealed: Sealed) -> bytes:
    return re.sub(rb"/M \(D\\0722026", rb"/M (D\\0722027", sealed.whole)


def in_the_signature(sealed: Sealed) -> bytes:
    end = sealed.whole.index(b"0000000000", sealed.whole.index(b"/Contents <"))
    digit = b"B" if sealed.whole[end - 9 : end - 8] == b"A" else b"A"
    return sealed.whole[: end - 9] + digit + sealed.whole[end - 8 :]


def in_the_zeros(sealed: Sealed) -> bytes:
    end = sealed.whole.rindex(b"0>\n/ByteRange")
    return flipped(sealed.whole, end)


def in_small_letters(sealed: Sealed) -> bytes:
    start = sealed.whole.index(b"/Contents <") + len("/Contents <")
    return sealed.whole[:start] + sealed.whole[start : start + 200].lower() + sealed.whole[start + 200 :]


def a_later_revision(sealed: Sealed) -> bytes:
    out = io.BytesIO(sealed.whole)
    out.seek(0, io.SEEK_END)
    start = len(sealed.whole)
    out.write(b"\n50 0 obj\n<</Type/Annot/Subtype/Text/Rect[0 0 9 9]/Contents(oui)>>\nendobj\n")
    out.write(b"xref\n50 1\n%010d 00000 n \n" % (start + 1))
    last = sealed.whole.rindex(b"startxref") + len("startxref\n")
    before = int(sealed.whole[last:].split()[0])
    root = re.findall(rb"/Root (\d+ 0 R)", sealed.whole)[-1]
    at = out.getvalue().index(b"xref\n50 1")
    out.write(b"trailer\n<</Size 51/Root %s/Prev %d>>\nstartxref\n%d\n%%%%EOF\n" % (root, before, at))
    return out.getvalue()


CHANGES: list[tuple[Callable[[Sealed], bytes], set[SealFault]]] = [
    (in_the_text, {SealFault.CHANGED}),
    (in_the_tail, {SealFault.CHANGED}),
    (the_date, {SealFault.CHANGED}),
    (in_the_signature, {SealFault.CHANGED, SealFault.BROKEN}),
    (in_the_zeros, {SealFault.ADDED}),
    (in_small_letters, {SealFault.ADDED}),
    (a_later_revision, {SealFault.ADDED}),
    (lambda sealed: sealed.whole + b"\n", {SealFault.ADDED}),
    (lambda sealed: sealed.whole[:-40], {SealFault.BROKEN}),
    (lambda sealed: sealed.whole[: len(sealed.pdf) + 3000], {SealFault.BROKEN, SealFault.NO_SEAL}),
    (lambda sealed: sealed.pdf, {SealFault.NO_SEAL}),
    (lambda _: b"", {SealFault.NOT_PDF}),
    (lambda _: b"PK\x03\x04" + bytes(100), {SealFault.NOT_PDF}),
    (lambda _: b"%PDF-1.7\n/ByteRange" + b"\x00\xff" * 5000, {SealFault.BROKEN}),
    (lambda _: b"%PDF-1.7\n/ByteRange" + os.urandom(20_000_000), {SealFault.TOO_LARGE}),
    (lambda sealed: sealed.whole + bytes(MAX_SEALED_BYTES - len(sealed.whole)), {SealFault.BROKEN}),
]


@pytest.mark.parametrize(("change", "expected"), CHANGES)
async def test_what_is_not_the_sealed_file(
    sealed: Sealed, change: Callable[[Sealed], bytes], expected: set[SealFault]
) -> None:
    content = change(sealed)
    assert content != sealed.whole
    seen = await SEAL.verify(content)
    assert seen.fault in expected
    assert not seen.valid
    assert seen.why.endswith(".")


async def test_any_single_byte_of_the_tail_counts(sealed: Sealed) -> None:
    """The bytes between the angles of the signature are those that the signature does not cover."""
    start = sealed.whole.index(b"/Contents <")
    for at in (start + 10, start + 11, start + 500, sealed.whole.index(b">\n/ByteRange")):
        assert not (await SEAL.verify(flipped(sealed.whole, at))).valid, at


async def test_another_certificate_is_a_stranger_unless_it_served_before(sealed: Sealed) -> None:
    newer = new_seal_key("Cachet de test", NOW, 1)
    seen = await DocumentSeal(newer).verify(sealed.whole)
    assert seen.fault is SealFault.STRANGER
    assert seen.certificate == fingerprint(KEY.certificate)
    assert (await DocumentSeal(newer, former=(KEY.certificate,)).verify(sealed.whole)).valid


async def test_the_certificate_may_expire_the_document_does_not(sealed: Sealed) -> None:
    old = new_seal_key("Cachet ancien", datetime(2001, 1, 1, tzinfo=UTC), 1)
    sealed_then = await DocumentSeal(old).seal(sealed.pdf, datetime(2001, 6, 1, tzinfo=UTC))
    assert (await DocumentSeal(KEY, former=(old.certificate,)).verify(sealed_then.whole)).valid
    with pytest.raises(UnavailableError, match="certificat du cachet"):
        await DocumentSeal(old).seal(sealed.pdf, NOW)
    with pytest.raises(UnavailableError, match="certificat du cachet"):
        await SEAL.seal(sealed.pdf, NOW - timedelta(days=1))


async def test_nothing_else_of_the_document_changes(pdf: bytes, sealed: Sealed) -> None:
    with pikepdf.open(io.BytesIO(pdf)) as before, pikepdf.open(io.BytesIO(sealed.whole)) as after:
        assert bytes(after.Root.Metadata.read_bytes()) == bytes(before.Root.Metadata.read_bytes())
        assert dict(after.docinfo.items()) == dict(before.docinfo.items())
        assert set(after.Root.keys()) - set(before.Root.keys()) == {"/AcroForm", "/Extensions", "/Perms"}
        assert after.pdf_version == before.pdf_version
        assert after.trailer.get("/Version") is None


async def test_the_field_asks_for_no_appearance_and_is_named(sealed: Sealed) -> None:
    with pikepdf.open(io.BytesIO(sealed.whole)) as document:
        [field] = document.Root.AcroForm.Fields
        assert [int(one) for one in field.Rect] == [0, 0, 0, 0]
        assert field.F == 132  # print, locked
        assert str(field.TU) == "Cachet du service"
        assert "/NeedAppearances" not in document.Root.AcroForm
        assert document.pages[0].obj.Tabs == "/S"
        assert field.V.SubFilter == "/ETSI.CAdES.detached"
        assert field.V.Reference[0].TransformParams.P == 1  # nothing may be changed


@pytest.mark.parametrize("content", [b"", b"no PDF", b"%PDF-1.7\n" + bytes(100)])
async def test_what_is_no_document_is_not_sealed(content: bytes) -> None:
    with pytest.raises(ValueError, match="cannot be sealed"):
        await SEAL.seal(content, NOW)


async def test_a_document_is_sealed_once_and_never_too_long(sealed: Sealed) -> None:
    with pytest.raises(ValueError, match="cannot be sealed"):
        await SEAL.seal(sealed.whole, NOW)
    with pytest.raises(ValueError, match="too long"):
        await SEAL.seal(sealed.pdf + bytes(MAX_SEALED_BYTES), NOW)
