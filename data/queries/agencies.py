"""Agencies: found, locked before a decision, written, proposed to candidates."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, insert, literal, or_, select, update
from sqlalchemy import exists as sa_exists

from data.session import ReadSession, Session
from data.tables import agencies, agency_rights, communes, departments
from domain.agency import KIND_LABELS, AgencyKind, AgencyStatus, Standing, can_validate
from domain.values import Point, fold

_a = agencies.c
_validates = agencies.alias("validates")
_OPEN = (AgencyStatus.TO_REVIEW, AgencyStatus.ACTIVE)
_ACCENTS = ("àâäçéèêëîïôöùûüœ-'’.", "aaaceeeeiioouuuo    ")
"""What a name loses to be compared with words that `domain.values.fold` made plain."""
_ALIKE = 0.4
"""How alike a word typed and a word kept must be (`pg_trgm`): one letter wrong in six is still found."""
FORM = "form"
"""The source of agencies that their own people registered; others were imported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyRow:
    """An agency as kept. `refers_to_name` is that of the agency that validates for it."""

    id: int
    kind: AgencyKind
    kind_label: str
    name: str
    siret: str | None
    address: str
    postal_code: str
    city: str
    insee: str | None
    lat: float | None
    lon: float | None
    departments: tuple[str, ...]
    communes: tuple[str, ...]
    contact_email: str
    contact_phone: str
    signature: str
    has_logo: bool
    status: AgencyStatus
    status_reason: str
    two_step: bool
    validates_first: tuple[str, ...]
    """Situations of the people whose requests it validates before the company reads them."""
    refers_to: int | None
    refers_to_name: str | None
    referred_status: AgencyStatus | None
    referred_delegation_ends_on: date | None
    delegation_ends_on: date | None
    delegation_reminded_days: int | None
    source: str
    transferred_to: int | None
    created_at: datetime
    updated_at: datetime
    activated_at: datetime | None
    closed_at: datetime | None

    @property
    def point(self) -> Point | None:
        """Where it is, when known."""
        return None if self.lat is None or self.lon is None else Point(self.lat, self.lon)

    @property
    def kind_said(self) -> str:
        """Its kind in French, or its own word when it is of no listed kind."""
        return self.kind_label or KIND_LABELS[self.kind]

    @property
    def imported(self) -> bool:
        """Whether a public file brought it."""
        return self.source != FORM

    @property
    def standing(self) -> Standing:
        """What `can_validate` asks of it."""
        return Standing(status=self.status, delegation_ends_on=self.delegation_ends_on)

    def validates(self, day: date) -> bool:
        """Whether its conventions can be validated on that day."""
        return can_validate(self.standing, day, referred=self.referred_standing)

    @property
    def referred_standing(self) -> Standing | None:
        """The same of the agency that validates for it, None when it validates itself."""
        if self.referred_status is None:
            return None
        return Standing(status=self.referred_status, delegation_ends_on=self.referred_delegation_ends_on)


_PLAIN = tuple(
    name
    for name in AgencyRow.__slots__
    if name not in {"has_logo", "refers_to_name", "referred_status", "referred_delegation_ends_on"}
)


def _select() -> Select[Any]:
    columns = (_a[name] for name in _PLAIN)
    return (
        select(
            *columns,
            _a.logo.is_not(None).label("has_logo"),
            _validates.c.name.label("refers_to_name"),
            _validates.c.status.label("referred_status"),
            _validates.c.delegation_ends_on.label("referred_delegation_ends_on"),
        )
        .select_from(agencies)
        .outerjoin(_validates, _validates.c.id == _a.refers_to)
    )


_BY_ID = _select().where(_a.id == bindparam("agency"))


def _row(row: Any) -> AgencyRow:  # noqa: ANN401 - a row of _select
    values = dict(row)
    values["kind"], values["status"] = AgencyKind(row["kind"]), AgencyStatus(row["status"])
    values["departments"], values["communes"] = tuple(row["departments"]), tuple(row["communes"])
    if row["referred_status"]:
        values["referred_status"] = AgencyStatus(row["referred_status"])
    return AgencyRow(**values)


async def _read(session: ReadSession, query: Select[Any]) -> tuple[AgencyRow, ...]:
    return tuple(_row(row) for row in (await session.execute(query)).mappings())


async def by_id(session: ReadSession, agency_id: int) -> AgencyRow | None:
    """The agency of that id, whatever its status."""
    row = (await session.execute(_BY_ID, {"agency": agency_id})).mappings().one_or_none()
    return _row(row) if row else None


async def lock(session: Session, agency_id: int) -> AgencyRow | None:
    """The agency, its row locked until the end of the transaction: its people cannot change meanwhile."""
    await session.execute(select(_a.id).where(_a.id == agency_id).with_for_update())
    return await by_id(session, agency_id)


async def add(session: Session, values: dict[str, object], now: datetime) -> int:
    """Write a new agency; gives its id."""
    statement = insert(agencies).values(**values, created_at=now, updated_at=now).returning(_a.id)
    return int((await session.execute(statement)).scalar_one())


async def change(session: Session, agency_id: int, values: dict[str, object], now: datetime) -> None:
    """Write what changed of an agency."""
    await session.execute(update(agencies).where(_a.id == agency_id).values(**values, updated_at=now))


def _has_people() -> Any:  # noqa: ANN401 - a condition
    return sa_exists().where(
        agency_rights.c.agency_id == _a.id, ~agency_rights.c.roles.contains(["to_review"])
    )


async def claimed(session: ReadSession, agency_id: int) -> bool:
    """Whether somebody said that it is theirs."""
    return bool(await session.scalar(select(_a.id).where(_a.id == agency_id, _has_people())))


async def to_review(session: ReadSession) -> tuple[AgencyRow, ...]:
    """Agencies that wait for a decision, oldest claim first; those that nobody claimed wait for nobody."""
    waiting = _select().where(_a.status == AgencyStatus.TO_REVIEW, _has_people())
    return await _read(session, waiting.order_by(_a.updated_at, _a.id))


async def similar(
    session: ReadSession, siret: str, name: str, postal_code: str, but: int = 0
) -> tuple[AgencyRow, ...]:
    """Open agencies of the same SIRET, or of the same name at the same postal code; `but` aside."""
    near = _a.postal_code == postal_code
    wanted = or_(_a.siret == siret, near) if siret else near
    query = _select().where(_a.status.in_(_OPEN), _a.id != but, wanted).order_by(_a.id)
    return tuple(
        row
        for row in await _read(session, query)
        if (siret and row.siret == siret) or fold(row.name) == fold(name)
    )


async def search(session: ReadSession, words: str, limit: int) -> tuple[AgencyRow, ...]:
    """Open agencies whose name, city or postal code hold every word, active ones first.

    When none does: those that hold words like them, most alike first, for who typed a letter wrong.
    """
    said = func.concat_ws(" ", _a.name, _a.city, _a.postal_code)
    plain = func.translate(func.lower(said), *_ACCENTS)
    asked = fold(words).split()
    holds = {word: plain.contains(word, autoescape=True) for word in asked}
    order = (_a.status != AgencyStatus.ACTIVE, func.lower(_a.name), _a.id)
    opened = _select().where(_a.status.in_(_OPEN))
    found = await _read(session, opened.where(*holds.values()).order_by(*order).limit(limit))
    if found or not asked:
        return found
    likeness = {word: func.word_similarity(word, plain) for word in asked}
    alike = (holds[word] if word.isdecimal() else one >= _ALIKE for word, one in likeness.items())
    nearest = -sum(likeness.values(), literal(0.0))
    return await _read(session, opened.where(*alike).order_by(nearest, *order).limit(limit))


async def validating(session: ReadSession) -> tuple[tuple[int, str], ...]:
    """Active agencies that validate themselves: id and name, those another may refer to."""
    query = select(_a.id, _a.name, _a.city).where(_a.status == AgencyStatus.ACTIVE, _a.refers_to.is_(None))
    rows = await session.execute(query.order_by(func.lower(_a.name), _a.id))
    return tuple((row.id, f"{row.name} ({row.city})" if row.city else row.name) for row in rows)


async def referring(session: ReadSession, agency_id: int) -> tuple[int, ...]:
    """Open agencies that this one validates for."""
    query = select(_a.id).where(_a.refers_to == agency_id, _a.status.in_(_OPEN)).order_by(_a.id)
    return tuple((await session.scalars(query)).all())


async def covering(session: ReadSession, insee: str, department: str) -> tuple[AgencyRow, ...]:
    """Active agencies that cover a commune: by itself, or with its department."""
    covers = or_(_a.communes.contains([insee]), _a.departments.contains([department]))
    query = _select().where(_a.status == AgencyStatus.ACTIVE, covers)
    return await _read(session, query.order_by(_a.id))


async def delegations_ending(session: ReadSession, first: date, last: date) -> tuple[AgencyRow, ...]:
    """Active agencies whose delegation ends within those days, both included."""
    ends = and_(_a.delegation_ends_on >= first, _a.delegation_ends_on <= last)
    query = _select().where(_a.status == AgencyStatus.ACTIVE, ends)
    return await _read(session, query.order_by(_a.delegation_ends_on, _a.id))


async def refine(session: Session, agency: AgencyRow, point: Point) -> bool:
    """Give the agency its address's point, if its address has not changed; whether it did."""
    same = (_a.address == agency.address, _a.postal_code == agency.postal_code, _a.city == agency.city)
    statement = update(agencies).where(_a.id == agency.id, *same).values(lat=point.lat, lon=point.lon)
    return (await session.execute(statement.returning(_a.id))).first() is not None


async def logo(session: ReadSession, agency_id: int) -> bytes | None:
    """The agency's logo, a PNG."""
    found: bytes | None = await session.scalar(select(_a.logo).where(_a.id == agency_id))
    return found


async def department_names(session: ReadSession) -> dict[str, str]:
    """Every department, by its code."""
    rows = await session.execute(select(departments.c.code, departments.c.name).order_by(departments.c.code))
    return {row.code: row.name for row in rows}


async def commune_names(session: ReadSession, codes: tuple[str, ...]) -> dict[str, str]:
    """The names of some communes, by their INSEE code, in the order of the names."""
    query = select(communes.c.insee, communes.c.name).where(communes.c.insee.in_(codes))
    rows = await session.execute(query.order_by(func.lower(communes.c.name), communes.c.insee))
    return {row.insee: row.name for row in rows}


async def reminded(session: Session, agency_id: int, days: int) -> None:
    """The reminder for that many days before the end of its delegation was sent."""
    statement = update(agencies).where(_a.id == agency_id).values(delegation_reminded_days=days)
    await session.execute(statement)
