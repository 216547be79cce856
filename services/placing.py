"""Where a place is: its commune's point at once, its address's point when the geocoder has answered."""

from collections.abc import Sequence
from dataclasses import replace

from clients.geocoding import Geocoder
from data.queries import places
from data.queries.places import Commune, Placed
from data.session import ReadSession, Session
from domain.company import PlaceForm
from domain.errors import FieldError
from domain.values import Point, department_of_postal_code, distance_km, fold
from services.followups import Event, follow

NEAR_KM = 50.0
"""A point is believed up to this distance of its commune's centre: no commune of the mainland is wider
(Arles, the widest, spans 45 km)."""
MIN_SCORE = 0.5
"""Below, the geocoder's best answer is more often another street (Base Adresse Nationale's advice)."""
_EXACT = {"housenumber", "street", "locality"}
_SPELLINGS = {"st": "saint", "ste": "sainte", "cedex": "", "cdx": ""}


def _name(text: str) -> str:
    """A commune's name as compared: `St-Avold CEDEX 2` → `saint avold`."""
    words = (_SPELLINGS.get(word, word) for word in fold(text).split())
    return " ".join(word for word in words if word and not word.isdigit())


def pick(communes: Sequence[Commune], city: str) -> Commune | None:
    """The commune of that name, an arrondissement rather than its city; None when none has it."""
    wanted = _name(city)
    same = [commune for commune in communes if _name(commune.name) == wanted]
    parts = [
        commune
        for commune in communes
        if commune.kind == "arrondissement" and _name(commune.name).startswith(f"{wanted} ")
    ]
    candidates = parts if wanted and len(parts) == 1 else same
    return candidates[0] if candidates else None


async def commune_of(session: ReadSession, place: PlaceForm) -> Commune | None:
    """The commune of a tidied address: by its code, else by postal code and name.

    With one commune for the postal code its name may be another (a district, an old name), but not that of
    a commune elsewhere: one of the two was mistyped, and people would be sent to the wrong town. A postal
    code that serves no commune is a firm's own (CEDEX): then the name is looked for in the department.
    """
    if place.insee and (known := await places.commune(session, place.insee)):
        return known
    served = await places.communes_by_postal_code(session, place.postal_code)
    if served:
        found = pick(served, place.city)
        if found or len(served) > 1 or await places.is_commune_name(session, _name(place.city)):
            return found
        return served[0]
    for department in _departments(place.postal_code):
        found = pick(await places.communes_by_department(session, department), place.city)
        if found:
            return found
    return None


def _departments(postal_code: str) -> tuple[str, ...]:
    if postal_code.startswith("20"):
        return ("2A", "2B")
    return (department_of_postal_code(postal_code),)


async def settle_places(
    session: ReadSession, listed: Sequence[PlaceForm]
) -> tuple[tuple[PlaceForm, ...], tuple[FieldError, ...]]:
    """The places with their commune's code, and those whose commune cannot be told."""
    settled: list[PlaceForm] = []
    errors: list[FieldError] = []
    for position, place in enumerate(listed):
        commune = await commune_of(session, place)
        if commune is None:
            message = "Nous ne trouvons pas cette commune avec ce code postal. Vérifiez les deux."
            errors.append(FieldError(f"places.{position}.city", message, "commune"))
        else:
            settled.append(replace(place, insee=commune.insee))
    return tuple(settled), tuple(errors)


async def _placed(session: ReadSession, place: PlaceForm) -> Placed:
    """A settled place with its point: the given one when it can be right, else its commune's."""
    commune = await places.commune(session, place.insee)
    if commune is None:
        raise LookupError(f"commune {place.insee} is gone since the place was settled")
    if place.point and distance_km(place.point, commune.point) <= NEAR_KM:
        return Placed(place, place.point, approximate=False)
    return Placed(place, commune.point, approximate=True)


def _key(place: PlaceForm) -> tuple[str, str, str]:
    return (fold(place.address), place.postal_code, fold(place.city))


async def replace_places(session: Session, company_id: int, listed: Sequence[PlaceForm]) -> None:
    """Make the company's places those listed; one that stays keeps its id and its point."""
    before = {_key(row.place): row.id for row in await places.places_of(session, company_id)}
    wanted = {_key(place): place for place in listed}
    await places.remove(session, company_id, [row_id for key, row_id in before.items() if key not in wanted])
    for key, place in wanted.items():
        if key in before:
            continue
        placed = await _placed(session, place)
        place_id = await places.add(session, company_id, placed)
        if placed.approximate and place.address:
            await follow(session, Event.PLACE_UNPLACED, place=place_id)


async def geocode(session: Session, geocoder: Geocoder, place_id: int) -> bool:
    """Give a place the point of its address; whether it got one.

    A place that is gone, or exact already, is left alone; so is one whose best answer is doubtful, or
    elsewhere: its commune's point stays, flagged. Raises `UnavailableError` when the service is down.
    """
    row = await places.place(session, place_id)
    if row is None or not row.approximate:
        return False
    point = await locate(session, geocoder, row.place)
    return point is not None and await places.refine(session, place_id, row.place, point)


async def locate(session: ReadSession, geocoder: Geocoder, place: PlaceForm) -> Point | None:
    """The point of an address, None when the best answer is doubtful or far from its commune.

    Raises `UnavailableError` when the service is down.
    """
    found = await geocoder.find(place.address, place.postal_code, place.city)
    if found is None or found.score < MIN_SCORE or found.kind not in _EXACT:
        return None
    commune = await places.commune(session, place.insee)
    if commune and distance_km(found.point, commune.point) > NEAR_KM:
        return None
    return found.point
