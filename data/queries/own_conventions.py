"""Everything held about a person in conventions, read whole, as `own_data` reads the rest.

What others typed of themselves in a convention is in the document that both sides signed, and nowhere else
here: of the story, a person takes away what each line says, and the words of their own lines.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, column, func, literal, null, or_, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.types import Text

from data.queries.own_data import Person, name_of, read_all
from data.session import ReadSession
from data.tables import (
    agencies,
    assessments,
    convention_documents,
    convention_events,
    convention_scans,
    convention_signatories,
    convention_templates,
    convention_versions,
    conventions,
    users,
)
from domain.own_data_conventions import (
    AssessmentHeld,
    ConventionHeld,
    DocumentHeld,
    PartHeld,
    ScanHeld,
    SignatureHeld,
    StoryHeld,
    TemplateHeld,
    VersionHeld,
)

_c, _s, _e = conventions.c, convention_signatories.c, convention_events.c


def _mine(person: Person) -> ColumnElement[bool]:
    return and_(_c.beneficiary_id == person.beneficiary, _c.anonymised_at.is_(None))


async def conventions_of(session: ReadSession, person: Person) -> tuple[ConventionHeld, ...]:
    """Conventions where the person is the beneficiary."""
    named = ("agency", "counsellor")
    query = (
        select(*(_c[name] for name in ConventionHeld.__slots__ if name not in named))
        .add_columns(func.coalesce(agencies.c.name, "").label("agency"), name_of().label("counsellor"))
        .outerjoin(agencies, agencies.c.id == _c.agency_id)
        .outerjoin(users, users.c.id == _c.counsellor_id)
        .where(_mine(person))
    )
    return await read_all(session, ConventionHeld, query.order_by(_c.created_at, _c.id))


async def versions(session: ReadSession, person: Person) -> tuple[VersionHeld, ...]:
    """The texts of these conventions, each as it was signed."""
    v = convention_versions.c
    query = (
        select(_c.reference, v.version, v.at, v.terms, func.encode(v.sha256, "hex").label("sha256"))
        .join(conventions, _c.id == v.convention_id)
        .where(_mine(person))
    )
    return await read_all(session, VersionHeld, query.order_by(v.at, v.version))


def _reached(person: Person) -> ColumnElement[bool]:
    """By the account's address, which a link proved; the number is what anybody typed in their profile."""
    return func.lower(_s.email) == person.email


def _as_themselves(person: Person) -> ColumnElement[bool]:
    return or_(_reached(person), and_(_mine(person), _s.whom == "beneficiary"))


async def signatures(session: ReadSession, person: Person) -> tuple[SignatureHeld, ...]:
    """Where the person signs, or did: as the beneficiary, or for somebody else."""
    own = (_s[name] for name in SignatureHeld.__slots__ if name != "reference")
    query = select(_c.reference, *own).join(conventions, _c.id == _s.convention_id)
    mine = query.where(_as_themselves(person))
    return await read_all(session, SignatureHeld, mine.order_by(_c.created_at, _s.whom))


async def scans(session: ReadSession, person: Person) -> tuple[ScanHeld, ...]:
    """What is kept of the papers signed by hand of the person's conventions, but for the files."""
    n = convention_scans.c
    query = (
        select(_c.reference, n.version, n.whom, n.media_type, n.at)
        .add_columns(func.encode(n.sha256, "hex").label("sha256"))
        .join(conventions, _c.id == n.convention_id)
        .where(_mine(person))
    )
    return await read_all(session, ScanHeld, query.order_by(n.at, n.whom))


async def story(session: ReadSession, person: Person) -> tuple[StoryHeld, ...]:
    """The story of the person's conventions, and their own lines in those they sign for others."""
    acted = _e.facts["as"].astext
    signs = select(_s.id).where(_s.convention_id == _e.convention_id, _s.whom == acted, _reached(person))
    v = convention_versions.c
    named = select(v.version).where(  # whoever had the part before them acted under another address
        v.convention_id == _e.convention_id,
        v.version == _e.version,
        func.strpos(v.terms, f'"{person.email}"') > 0,
    )
    own = or_(and_(_mine(person), acted == "beneficiary"), and_(signs.exists(), named.exists()))
    query = (
        select(_c.reference, _e.number, _e.at, _e.kind, _e.version, _e.facts)
        .add_columns(case((own, _e.told), else_=null()).label("told"))
        .join(conventions, _c.id == _e.convention_id)
        .where(or_(_mine(person), own))
    )
    return await read_all(session, StoryHeld, query.order_by(_e.id))


async def documents(session: ReadSession, person: Person) -> tuple[DocumentHeld, ...]:
    """The sealed documents of these conventions."""
    d = convention_documents.c
    query = (
        select(_c.reference, d.number, d.at, d.data)
        .add_columns(func.encode(d.sealed_sha256, "hex").label("sealed_sha256"))
        .join(conventions, _c.id == d.convention_id)
        .where(_mine(person))
    )
    return await read_all(session, DocumentHeld, query.order_by(d.at, d.number))


async def assessments_of(session: ReadSession, person: Person) -> tuple[AssessmentHeld, ...]:
    """What was said of the person's immersions, by both sides."""
    a = assessments.c
    one = func.jsonb_array_elements(a.skills).table_valued(column("value", JSONB))
    seen = select(func.array_agg(one.c.value["label"].astext)).correlate(assessments)
    labels = func.coalesce(seen.scalar_subquery(), literal([], ARRAY(Text)))
    named = ("reference", "skills_seen")
    query = (
        select(_c.reference, *(a[name] for name in AssessmentHeld.__slots__ if name not in named))
        .add_columns(labels.label("skills_seen"))
        .join(conventions, _c.id == a.convention_id)
        .where(_mine(person))
    )
    return await read_all(session, AssessmentHeld, query.order_by(a.updated_at))


async def parts(session: ReadSession, person: Person) -> tuple[PartHeld, ...]:
    """The account's part in the conventions of others."""
    others = _c.beneficiary_id.is_distinct_from(person.beneficiary)
    found: list[Select[Any]] = [
        select(_c.reference, literal(name).label("part")).where(_c[name] == person.user, others)
        for name in ("created_by", "counsellor_id", "validated_by", "deposited_by")
    ]
    attested = select(_c.reference, literal("attested_by").label("part"))
    attested = attested.join(conventions, _c.id == _s.convention_id).where(_s.attested_by == person.user)
    joined = select(_c.reference, literal("by_user").label("part")).distinct()
    joined = joined.join(conventions, _c.id == convention_scans.c.convention_id)
    joined = joined.where(convention_scans.c.by_user == person.user, others)
    return await read_all(
        session, PartHeld, union_all(*found, attested, joined).order_by("reference", "part")
    )


async def templates(session: ReadSession, person: Person) -> tuple[TemplateHeld, ...]:
    """Templates of conventions that the account made."""
    t = convention_templates.c
    query = select(t.label, t.created_at).where(t.created_by == person.user)
    return await read_all(session, TemplateHeld, query.order_by(t.created_at, t.id))
