"""The QR code of a document: the same for the same text, readable, with its margin."""

import re

from clients.qr import qr_svg

URL = "https://escale.example/verifier/K7Q2M9XD4T"


def test_a_drawing_with_the_margin_that_readers_need() -> None:
    drawn = qr_svg(URL)
    size = re.search(r'viewBox="0 0 (\d+) (\d+)"', drawn)
    assert size is not None
    assert size[1] == size[2]
    assert (int(size[1]) - 2 * 4 - 17) % 4 == 0  # a QR code has 17 + 4 × version modules
    first = re.search(r'd="M(\d+) (\d+)', drawn)
    assert first is not None
    assert int(first[1]) == 4  # four clear modules before the first dark one


def test_the_same_text_the_same_drawing() -> None:
    assert qr_svg(URL) == qr_svg(URL)
    assert qr_svg(URL) != qr_svg(URL[:-1] + "U")
