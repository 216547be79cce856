"""QR codes, as drawings that a document carries (segno)."""

import io

import segno

_ERRORS = "m"
"""15 % of the code may be stained or torn and it is still read."""

_MASK = 4
"""One of the eight: any is read as well, for what repeats nothing, and choosing takes longer than drawing."""


def qr_svg(text: str) -> str:
    """The QR code of a text: an SVG of dark modules, with the quiet zone that readers need."""
    out = io.BytesIO()
    segno.make_qr(text, error=_ERRORS, mask=_MASK, boost_error=False).save(
        out, kind="svg", xmldecl=False, svgns=True, nl=False, border=4, omitsize=True
    )
    return out.getvalue().decode()
