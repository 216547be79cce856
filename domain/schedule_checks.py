"""A schedule against the limits of law: every day, every rest, every week (decision 0017).

Hours are those that pass, not those of the clocks: the two nights a year when these change are counted right.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from domain.schedule import MIDNIGHT, WEEKDAYS, Period, Schedule, end_minute, french_hours, start_minute
from domain.schedule_limits import (
    USUAL_WEEK,
    Breach,
    Case,
    Limits,
    check_dates,
    labour_code,
    limits_on,
)
from domain.time_zones import holiday, moment_in

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
WEEKLY_REST, REST_IN_WEEK = timedelta(hours=35), timedelta(hours=24)
"""Code du travail, L3132-2: 24 h in each week, which follow the 11 h of a daily rest."""
MAX_DAYS_A_WEEK = 6
"""Code du travail, L3132-1."""
NIGHT_PAUSE = timedelta(hours=2)
"""Between two days, what is shorter is a pause of one night; it is not asked to be a rest."""
SUNDAY = 6
MAY_DAY = (5, 1)


@dataclass(frozen=True, slots=True)
class _Span:
    """A period as it passes: moments in UTC. `shift`: the day that work began, the eve after midnight."""

    period: Period
    start: datetime
    end: datetime
    shift: date

    @property
    def minutes(self) -> int:
        return (self.end - self.start) // MINUTE


def check_schedule(schedule: Schedule, case: Case, now: datetime) -> tuple[Breach, ...]:
    """Every limit that the schedule passes, in order of days; `now` is an aware moment.

    Empty, or nothing `blocking` in it: the convention may be signed as it is.
    """
    spans = _spans(schedule, case)
    breaches = [
        *check_dates(schedule, case, now),
        *_check_days(spans, case),
        *_check_pauses(spans, case),
        *_check_rests(spans, case),
        *_check_quiet(schedule, case),
        *_check_weeks(schedule, spans, case),
    ]
    return tuple(sorted(breaches, key=lambda breach: breach.day or breach.week or date.min))


def _spans(schedule: Schedule, case: Case) -> list[_Span]:
    spans: list[_Span] = []
    began = datetime.min.replace(tzinfo=UTC)
    for period in schedule.periods:
        last_day = period.day + DAY if period.end == MIDNIGHT else period.day
        start = moment_in(case.department, period.day, period.start).astimezone(UTC)
        # An hour that the clocks jump over can be written: it then lasts nothing, rather than less.
        end = max(start, moment_in(case.department, last_day, period.end).astimezone(UTC))
        shift = period.day
        if spans and _same_night(spans[-1], period, start):
            longest = DAY - limits_on(case, spans[-1].shift).rest.minutes * MINUTE
            if end - began <= longest:
                shift = spans[-1].shift
        if not spans or shift != spans[-1].shift:
            began = start
        spans.append(_Span(period, start, end, shift))
    return spans


def _same_night(before: _Span, period: Period, start: datetime) -> bool:
    """Whether work goes on from the eve: at midnight, after a pause over it, or later that night."""
    if before.period.day < period.day:
        return start - before.end <= NIGHT_PAUSE
    return before.shift < period.day


def _check_days(spans: Sequence[_Span], case: Case) -> Iterator[Breach]:
    days: defaultdict[date, int] = defaultdict(int)
    nights: defaultdict[date, int] = defaultdict(int)
    for span in spans:
        days[span.period.day] += span.minutes
        nights[span.shift] += span.minutes
    for day in sorted({*days, *nights}):
        limits, minutes = limits_on(case, day), max(days[day], nights[day])
        if (over := minutes - limits.day.minutes) > 0:
            most = french_hours(limits.day.minutes)
            text = f"{limits.who}{most} par jour au plus. Il y a {french_hours(minutes)} : "
            text += f"retirez {french_hours(over)}."
            yield Breach(code="day", text=text, article=limits.day.article, day=day)


def _check_pauses(spans: Sequence[_Span], case: Case) -> Iterator[Breach]:
    first, worked = None, 0
    for before, span in zip([None, *spans], spans, strict=False):
        if first is None or before is None or span.start - before.end >= _limits(first, case).pause * MINUTE:
            first, worked = span, 0
        limits = _limits(first, case)
        had_enough = worked > limits.unbroken.minutes
        worked += span.minutes
        if worked > limits.unbroken.minutes and not had_enough:
            most = french_hours(limits.unbroken.minutes)
            text = f"{limits.who}{most} d’affilée au plus : ajoutez une pause de {limits.pause} minutes."
            yield Breach(code="pause", text=text, article=limits.unbroken.article, day=span.period.day)


def _limits(span: _Span, case: Case) -> Limits:
    return limits_on(case, span.period.day)


def _check_rests(spans: Sequence[_Span], case: Case) -> Iterator[Breach]:
    for before, after in pairwise(spans):
        limits = limits_on(case, before.shift)
        rest = (after.start - before.end) // MINUTE
        if before.shift != after.shift and rest < limits.rest.minutes:
            least = french_hours(limits.rest.minutes)
            text = (
                f"{limits.who}{least} de repos au moins d’un jour à l’autre. Il y a {french_hours(rest)} : "
            )
            text += "commencez plus tard, ou finissez plus tôt la veille."
            yield Breach(code="rest", text=text, article=limits.rest.article, day=after.period.day)


def _check_quiet(schedule: Schedule, case: Case) -> Iterator[Breach]:
    for day in schedule.days:
        limits, feast = limits_on(case, day), holiday(day, case.department)
        if limits.quiet is None:
            yield from _told_to_adults(day, feast)
            continue
        quiet = limits.quiet
        if any(
            start_minute(start) < quiet.night_to or end_minute(end) > quiet.night_from
            for start, end in schedule.hours_on(day)
        ):
            night = f"entre {french_hours(quiet.night_from)} et {french_hours(quiet.night_to)}"
            text = f"{limits.who}pas de présence {night}. Changez ces heures."
            yield Breach(code="night", text=text, article=quiet.night, day=day)
        if day.weekday() == SUNDAY:
            text = f"{limits.who}pas de présence le dimanche. Retirez ce jour."
            yield Breach(code="sunday", text=text, article=quiet.sunday, day=day)
        if feast:
            text = f"{limits.who}pas de présence un jour férié ({feast}). Retirez ce jour."
            yield Breach(code="holiday", text=text, article=quiet.holiday, day=day)


def _told_to_adults(day: date, feast: str | None) -> Iterator[Breach]:
    if day.weekday() == SUNDAY:
        text = (
            "C’est un dimanche : gardez-le si l’entreprise a le droit d’ouvrir ce jour-là, sinon retirez-le."
        )
        yield Breach(code="sunday", text=text, article=labour_code("L3132-3"), day=day, blocking=False)
    if feast:
        worker = (day.month, day.day) == MAY_DAY
        text = f"Jour férié ({feast}) : gardez-le si l’entreprise travaille ce jour-là, sinon retirez-le."
        article = labour_code("L3133-4 et L3133-6" if worker else "L3133-1")
        yield Breach(code="holiday", text=text, article=article, day=day, blocking=False)


def _check_weeks(schedule: Schedule, spans: Sequence[_Span], case: Case) -> Iterator[Breach]:
    for week in schedule.weeks:
        here = [span for span in spans if span.period.week == week]
        limits = _limits(here[0], case)
        yield from _check_week_hours(week, sum(span.minutes for span in here), limits)
        days = {span.period.day for span in here}
        if len(days) > MAX_DAYS_A_WEEK:
            text = f"{MAX_DAYS_A_WEEK} jours par semaine au plus : retirez un jour."
            yield Breach(code="seven_days", text=text, article=labour_code("L3132-1"), week=week)
        if limits.two_days_off:
            if not _two_days_off(week, set(schedule.days)):
                text = f"{limits.who}deux jours de repos qui se suivent, chaque semaine. "
                text += f"Retirez le {WEEKDAYS[5]} ou le {WEEKDAYS[0]}, à côté du {WEEKDAYS[6]}."
                yield Breach(code="weekly_rest", text=text, article=labour_code("L3164-2"), week=week)
        elif not _rests_enough(week, spans, case):
            text = "35 h de repos d’affilée chaque semaine : libérez un jour, et finissez plus tôt la veille."
            yield Breach(code="weekly_rest", text=text, article=labour_code("L3132-2"), week=week)


def _check_week_hours(week: date, minutes: int, limits: Limits) -> Iterator[Breach]:
    most = limits.week.minutes
    if minutes > most:
        text = f"{limits.who}{french_hours(most)} par semaine au plus. Il y a {french_hours(minutes)} : "
        text += f"retirez {french_hours(minutes - most)}."
        yield Breach(code="week", text=text, article=limits.week.article, week=week)
    elif minutes > USUAL_WEEK:
        text = f"Il y a {french_hours(minutes)} : une immersion compte d’habitude "
        text += f"{french_hours(USUAL_WEEK)} par semaine. Vérifiez que c’est bien voulu."
        article = labour_code("L3121-27")
        yield Breach(code="long_week", text=text, article=article, week=week, blocking=False)


def _two_days_off(week: date, days: set[date]) -> bool:
    """Whether two days in a row are free; the second may be the Monday that follows."""
    free = [week + DAY * count not in days for count in range(8)]
    return any(one and other for one, other in pairwise(free))


def _rests_enough(week: date, spans: Sequence[_Span], case: Case) -> bool:
    """Whether one rest of 35 h has 24 h at least in the week, by the clocks of the place."""
    begins = moment_in(case.department, week, MIDNIGHT).astimezone(UTC)
    ends = moment_in(case.department, week + 7 * DAY, MIDNIGHT).astimezone(UTC)
    far = 2 * WEEKLY_REST
    marks = [
        (begins - far, begins - far),
        *((span.start, span.end) for span in spans),
        (ends + far, ends + far),
    ]
    return any(
        free_to - free_from >= WEEKLY_REST and min(free_to, ends) - max(free_from, begins) >= REST_IN_WEEK
        for (_, free_from), (free_to, _) in pairwise(marks)
    )
