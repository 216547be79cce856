"""The score of a hit out of 100, and the points that each of its reasons brings."""

from dataclasses import dataclass

from services.search import SearchHit


@dataclass(frozen=True, slots=True)
class Points:
    """A reason and the points it brings; those of a hit add up to its total."""

    text: str
    points: int


def capital(text: str) -> str:
    """A sentence with its capital letter."""
    return text[:1].upper() + text[1:]


def total_of(hit: SearchHit) -> int:
    """The score as it is shown, out of 100."""
    return round(hit.score * 100)


def points_of(hit: SearchHit) -> tuple[Points, ...]:
    """Whole points that add up to `total_of`: the largest remainders are rounded up."""
    exact = [reason.share * 100 for reason in hit.reasons]
    points = whole_parts(exact, total_of(hit))
    return tuple(Points(capital(reason.text), each) for reason, each in zip(hit.reasons, points, strict=True))


def whole_parts(exact: list[float], total: int) -> list[int]:
    """Numbers rounded so that they add up to `total`, the largest remainders first."""
    whole = [int(value) for value in exact]
    by_remainder = sorted(range(len(exact)), key=lambda at: (whole[at] - exact[at], at))
    for at in by_remainder[: max(0, total - sum(whole))]:
        whole[at] += 1
    return whole
