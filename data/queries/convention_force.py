"""Which conventions insured somebody, and until when: validated, and begun before any cancellation."""

from sqlalchemy import Date, and_, case, cast, func, or_

from data.queries.constants import written
from data.tables import conventions
from domain.convention import Status
from domain.french import PARIS
from domain.time_zones import ZONES

_c = conventions.c
_cancelled = _c.status == written(Status.CANCELLED)
_zone = case(
    *((_c.department == written(one), written(zone)) for one, zone in ZONES.items()),
    else_=written(PARIS.key),
)
_stopped_on = cast(func.timezone(_zone, _c.status_at), Date)
"""The day of a cancellation, at the place of the immersion."""
stopped = and_(_cancelled, _c.validated_at.is_not(None), _c.starts_on <= _stopped_on)
"""Cancelled once begun: what was done until then was insured."""
in_force = or_(_c.status == written(Status.VALIDATED), stopped)
last_day = case((_cancelled, func.least(_c.ends_on, _stopped_on)), else_=_c.ends_on)
