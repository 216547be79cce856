"""Reads one PDF on standard input and says what is wrong with it: run in a process of its own, with limits.

A PDF comes from anybody. What qpdf makes of a hostile one (memory, time, a crash) ends with this process.
"""

import io
import resource
import sys
from collections.abc import Iterator

import pikepdf

MEMORY_BYTES = 512 * 1024 * 1024
CPU_S = 10
MAX_OBJECTS = 200_000
MAX_DEPTH = 100


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


ACTIONS = _names("/JavaScript /Launch /SubmitForm /ImportData /Rendition /Movie /Sound /GoToE /GoToR")
"""Actions that do more than go to a page or open an address (ISO 32000-2, 12.6.4)."""
SUBTYPES = _names("/FileAttachment /RichMedia /Movie /Sound /Screen /3D")
"""Annotations that carry a file or play something (ISO 32000-2, 12.5.6)."""
KEYS = _names("/JS /JavaScript /XFA /EF /EmbeddedFiles /RichMediaContent")
"""Scripts, dynamic forms and embedded files, wherever they hang."""


def active(pdf: pikepdf.Pdf) -> bool:
    """Whether anything in the document would run, play, send, or come out as another file."""
    return any(_acts(one) for whole in pdf.objects for one in _within(whole))


def _within(whole: pikepdf.Object) -> Iterator[pikepdf.Object]:
    """The dictionaries of an indirect object, its own parts followed, its references not."""
    left: list[tuple[object, int]] = [(whole, 0)]
    while left:
        one, depth = left.pop()
        if not isinstance(one, pikepdf.Object):
            continue  # a number or a truth, which the library gives as Python's
        if depth > MAX_DEPTH:
            raise pikepdf.PdfError("nested too deep")
        kind = one._type_code  # noqa: SLF001 - the library's own way to tell a stream from a dictionary
        if kind in {pikepdf.ObjectType.dictionary, pikepdf.ObjectType.stream}:
            held = one.stream_dict if kind is pikepdf.ObjectType.stream else one
            yield held
            left += [(part, depth + 1) for part in dict(held.items()).values() if not _refers(part)]
        elif kind is pikepdf.ObjectType.array:
            left += [(part, depth + 1) for part in list(one) if not _refers(part)]


def _refers(part: object) -> bool:
    return isinstance(part, pikepdf.Object) and part.is_indirect


def _acts(one: pikepdf.Object) -> bool:
    names = set(one.keys())
    if names & KEYS:
        return True
    return _name(one, "/S") in ACTIONS or (
        _name(one, "/Subtype") in SUBTYPES or _name(one, "/Type") == "/EmbeddedFile"
    )


def _name(one: pikepdf.Object, key: str) -> str:
    value = one.get(key)
    return str(value) if isinstance(value, pikepdf.Name) else ""


def verdict(content: bytes) -> str:
    """`ok`, or a value of `domain.cv.CvFault`."""
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if len(pdf.objects) > MAX_OBJECTS or not pdf.pages:
                return "broken"
            return "active" if active(pdf) else "ok"
    except pikepdf.PasswordError:
        return "locked"
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, RuntimeError, MemoryError, RecursionError):
        return "broken"


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    sys.stdout.write(verdict(sys.stdin.buffer.read()))
