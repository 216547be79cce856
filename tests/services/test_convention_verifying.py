"""`verify` finds nothing in what the moves left, and names each row that somebody rewrites afterwards."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Executable, Table, delete, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from data.queries import convention_removals, convention_story
from data.tables import (
    convention_documents,
    convention_events,
    convention_scans,
    convention_signatories,
    convention_versions,
    conventions,
)
from domain.chain import ChainKeys
from domain.convention import As
from domain.paper_scan import scan_of
from domain.terms import Contact
from services.conventions import reviewing, signing
from services.conventions.drafting import edit, facts_of
from services.conventions.story import Line, Said, tell
from services.conventions.verifying import references, verify
from tests.factories.conventions import KEYS, NOW, Conventions, a_document
from tests.factories.discussions import build_world
from tests.factories.mails import PNG

SEALED = hashlib.sha256(b"sealed").digest()


@pytest.fixture
async def desk(reference: AsyncSession) -> Conventions:
    return Conventions(await build_world(reference))


async def named(desk: Conventions, convention: UUID) -> list[str]:
    """The rows that `verify` names."""
    report = await verify(desk.world.session, KEYS, (await desk.row(convention)).reference)
    assert report is not None
    return [one.row for one in report.faults]


async def sealed(desk: Conventions) -> UUID:
    """Edited, signed by code and on paper, validated, its tutor changed, sealed, deposited."""
    session = desk.world.session
    convention = await desk.submitted()
    await desk.sign(convention, As.COMPANY)
    row = await desk.row(convention)
    terms = replace(row.document, activity=replace(row.document.activity, tasks="Vendre et ranger"))
    await edit(desk.office, await desk.standing("counsellor", convention), terms, row.version)
    await desk.sign(convention, As.COMPANY)
    agent = await desk.standing("counsellor", convention)
    await signing.attest_paper(desk.office, agent, As.BENEFICIARY, scan_of(PNG))
    await reviewing.pre_approve(desk.office, await desk.standing("counsellor", convention))
    await reviewing.validate(desk.office, await desk.standing("stranger", convention))
    tutor = Contact(first_name="Eva", last_name="Roy", function="Boulangère", email="eva@exemple.com")
    await reviewing.change_tutor(desk.office, await desk.standing("counsellor", convention), tutor)
    values = {"data": "{}", "made_with": {}, "unsealed_sha256": SEALED, "sealed_sha256": SEALED, "at": NOW}
    await session.execute(insert(convention_documents).values(convention_id=convention, number=1, **values))
    facts = {"number": 1, "file": SEALED.hex()}
    await tell(desk.office, await desk.row(convention), Said(Line.SEALED, facts))
    await reviewing.record_deposit(desk.office, await desk.standing("stranger", convention), "DEP-1")
    return convention


@pytest.mark.parametrize(
    "made",
    [
        Conventions.draft,
        Conventions.submitted,
        Conventions.signed,
        Conventions.validated,
        sealed,
    ],
)
async def test_what_the_moves_leave_is_whole(
    desk: Conventions, made: Callable[[Conventions], Awaitable[UUID]]
) -> None:
    assert await named(desk, await made(desk)) == []


async def test_decisions_leave_it_whole(desk: Conventions) -> None:
    convention = await desk.signed()
    await reviewing.pre_approve(desk.office, await desk.standing("counsellor", convention))
    await reviewing.reject(desk.office, await desk.standing("stranger", convention), "Dates impossibles")
    assert await named(desk, convention) == []


@dataclass(frozen=True)
class Rewrite:
    """One row changed behind the service's back, and the rows that `verify` then names."""

    table: Table
    where: str
    values: dict[str, str]
    rows: tuple[str, ...]


EVENT = "convention_events, ligne"
TEXT = "convention_versions, version"
COMPANY = "convention_signatories, company"
SCAN = "convention_scans, beneficiary, version 2"
HEAD = 14
"""The number after the last line of `sealed`."""
_E, _V, _S, _C = convention_events, convention_versions, convention_signatories, conventions
_P = convention_scans
_OTHER_PAPER = "set_byte(content, 0, 1)"
_OTHER_TEXT = "replace(terms, 'Vendre', 'Porter')"
_OTHER_TASKS = "jsonb_set(terms, '{activity,tasks}', '\"Porter\"')"
_OTHER_TUTOR = "jsonb_set(terms, '{host,tutor,last_name}', '\"Autre\"')"
_YESTERDAY = "- interval '1 day'"
REWRITES = {
    "an event's facts": Rewrite(
        _E, "number = 7", {"facts": 'facts || \'{"channel": "paper"}\''}, (f"{EVENT} 7", COMPANY)
    ),
    "an event's words": Rewrite(_E, "number = 4", {"told": 'told || \'{"name": "Autre"}\''}, (f"{EVENT} 4",)),
    "an event's date": Rewrite(
        _E, "number = 2", {"at": f"at {_YESTERDAY}"}, (f"{EVENT} 2", "conventions, submitted_at")
    ),
    "an event's words erased": Rewrite(_E, "number = 4", {"told": "null", "salt": "null"}, (f"{EVENT} 4",)),
    "a text": Rewrite(_V, "version = 1", {"terms": "replace(terms, 'Peser', 'Porter')"}, (f"{TEXT} 1",)),
    "a text and its hash": Rewrite(
        _V,
        "version = 2",
        {"terms": _OTHER_TEXT, "sha256": f"sha256(convert_to({_OTHER_TEXT}, 'UTF8'))"},
        (f"{TEXT} 2", "conventions, terms"),
    ),
    "when somebody signed": Rewrite(
        _S, "whom = 'company'", {"signed_at": f"signed_at {_YESTERDAY}"}, (COMPANY,)
    ),
    "how somebody signed": Rewrite(_S, "whom = 'company'", {"channel": "'sms'"}, (COMPANY,)),
    "a signature taken away": Rewrite(
        _S,
        "whom = 'company'",
        dict.fromkeys(("signed_at", "signed_version", "channel"), "null"),
        (COMPANY,),
    ),
    "one byte of a signed paper": Rewrite(_P, "true", {"content": _OTHER_PAPER}, (SCAN,)),
    "a signed paper and its hash": Rewrite(
        _P, "true", {"content": _OTHER_PAPER, "sha256": f"sha256({_OTHER_PAPER})"}, (SCAN,)
    ),
    "the version of a signed paper": Rewrite(
        _P, "true", {"version": "1"}, ("convention_scans, beneficiary, version 1", SCAN)
    ),
    "where codes go": Rewrite(_S, "whom = 'company'", {"email": "'voleur@exemple.net'"}, (COMPANY,)),
    "the status": Rewrite(_C, "true", {"status": "'cancelled'"}, ("conventions, status",)),
    "the document": Rewrite(_C, "true", {"terms": _OTHER_TASKS}, ("conventions, terms",)),
    "the tutor": Rewrite(_C, "true", {"terms": _OTHER_TUTOR}, ("conventions, terms",)),
    "a date": Rewrite(_C, "true", {"ends_on": "ends_on + 3"}, ("conventions, ends_on",)),
    "the agency": Rewrite(
        _C,
        "true",
        {"agency_id": "null", "status": "'draft'"},
        ("conventions, status", "conventions, agency_id"),
    ),
    "when it was validated": Rewrite(
        _C, "true", {"validated_at": f"validated_at {_YESTERDAY}"}, ("conventions, validated_at",)
    ),
    "the reason": Rewrite(_C, "true", {"status_reason": "'Autre'"}, ("conventions, status_reason",)),
    "the receipt": Rewrite(_C, "true", {"deposit_receipt": "'DEP-2'"}, ("conventions, deposit_receipt",)),
    "the head": Rewrite(_C, "true", {"chain_head": "sha256('other')"}, (f"{EVENT} {HEAD}",)),
    "the end": Rewrite(_C, "true", {"chain_end": "null"}, (f"{EVENT} {HEAD}",)),
    "a sealed file": Rewrite(
        convention_documents,
        "number = 1",
        {"sealed_sha256": "sha256('other')"},
        ("convention_documents, n° 1",),
    ),
}


REPEATED = {
    "kind": "'mini_stage'",
    "siret": "'73282932000074'",
    "company_name": "'Autre'",
    "person_key": "'autre nom'",
    "birth_date": "'1980-01-01'",
    "person_email": "'autre@exemple.fr'",
    "rome": "'D1106'",
    "department": "'972'",
    "objective": "'recruit'",
    "aims_key": "'autre'",
    "age": "12",
    "starts_on": "starts_on - 1",
    "ends_on": "ends_on + 1",
    "days": "1",
    "minutes": "5",
}
"""Every column that repeats the document, and something else that it could be made to say."""


async def test_each_column_that_repeats_the_document_is_compared_with_it(desk: Conventions) -> None:
    convention = await desk.validated()
    assert REPEATED.keys() == facts_of(a_document()).keys() - {"terms"}
    for name, other in REPEATED.items():
        rewritten = update(conventions).where(conventions.c.id == convention).values({name: text(other)})
        assert await named_after(desk, convention, rewritten) == (f"conventions, {name}",)


async def named_after(desk: Conventions, convention: UUID, statement: Executable) -> tuple[str, ...]:
    """What `verify` names after one statement, which is then undone."""
    async with desk.world.session.begin_nested() as undone:
        await desk.world.session.execute(statement)
        rows = await named(desk, convention)
        await undone.rollback()
    return tuple(rows)


async def test_each_rewritten_row_is_named(desk: Conventions) -> None:
    convention = await sealed(desk)
    found = {}
    for name, one in REWRITES.items():
        key = one.table.c["id" if one.table is conventions else "convention_id"]
        values = {column: text(expression) for column, expression in one.values.items()}
        statement = update(one.table).where(key == convention, text(one.where)).values(values)
        found[name] = await named_after(desk, convention, statement)
    assert found == {name: one.rows for name, one in REWRITES.items()}
    assert await named(desk, convention) == []


@pytest.mark.parametrize("end", ["the one kept", "none"])
async def test_a_decision_cut_off_the_end_is_missed(desk: Conventions, end: str) -> None:
    """With all that the database says put back as it was before: only the key makes the seal of the end."""
    session, convention = desk.world.session, await desk.validated()
    before = await desk.row(convention)
    await reviewing.cancel(desk.office, await desk.standing("counsellor", convention), "Trop tard")
    entries = await convention_story.entries(session, convention)
    e = convention_events.c
    await session.execute(
        delete(convention_events).where(e.convention_id == convention, e.number == len(entries))
    )
    values: dict[str, object] = {
        "status": before.status.value,
        "status_reason": "",
        "chain_head": before.chain_head,
    }
    values |= {"chain_end": None} if end == "none" else {}
    await session.execute(update(conventions).where(conventions.c.id == convention).values(values))
    assert await named(desk, convention) == [f"{EVENT} {len(entries)}"]


async def test_each_row_taken_away_is_named(desk: Conventions) -> None:
    convention = await sealed(desk)
    for table, which, row in (
        (convention_events, "number = 7", f"{EVENT} 8"),
        (convention_events, "number = 13", f"{EVENT} 13"),
        (convention_versions, "version = 1", f"{TEXT} 1"),
        (convention_signatories, "whom = 'company'", COMPANY),
        (convention_scans, "true", SCAN),
        (convention_documents, "number = 1", "convention_documents, n° 1"),
    ):
        gone = delete(table).where(table.c.convention_id == convention, text(which))
        assert row in await named_after(desk, convention, gone)


async def test_a_line_put_in_is_named(desk: Conventions) -> None:
    convention = await desk.submitted()
    last = (await convention_story.entries(desk.world.session, convention))[-1]
    await convention_story.add(
        desk.world.session, replace(last, number=last.number + 1, kind=Line.VALIDATED.value), bytes(32)
    )
    assert "convention_events, ligne 3" in await named(desk, convention)


async def test_another_key_verifies_nothing(desk: Conventions) -> None:
    convention = await desk.submitted()
    keys = ChainKeys("", "another secret of the tests")
    report = await verify(desk.world.session, keys, (await desk.row(convention)).reference)
    assert report is not None
    assert "clé de cette ligne est inconnue" in report.faults[0].why


async def test_an_unknown_reference_has_no_report(desk: Conventions) -> None:
    assert await verify(desk.world.session, KEYS, "AAAAAAAAAA") is None


async def test_every_convention_is_walked(desk: Conventions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.conventions.verifying._BATCH", 1)
    wanted = {(await desk.row(await desk.draft())).reference for _ in range(3)}
    assert wanted <= {one async for one in references(desk.world.session)}


async def test_without_its_names_it_is_still_whole(desk: Conventions) -> None:
    convention = await sealed(desk)
    await convention_removals.anonymise(desk.world.session, [convention], NOW + timedelta(days=2000))
    assert await named(desk, convention) == []
    kept = select(convention_scans.c.id).where(convention_scans.c.convention_id == convention)
    assert (await desk.world.session.scalars(kept)).all() == []
    later = update(conventions).where(conventions.c.id == convention).values(version=9)
    assert await named_after(desk, convention, later) == ("conventions, version",)
