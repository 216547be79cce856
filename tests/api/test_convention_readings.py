"""Who reads a convention by a link that somebody passed on to them."""

from dataclasses import replace

import httpx

from data.queries import audit
from data.queries.audit import AuditSearch
from domain.audit import AuditAction
from services.conventions.drafting import link
from tests.api.convention_callers import NOW, add_account, made
from tests.api.space_callers import database
from tests.factories.people import add_active_agency

OK = httpx.codes.OK


async def test_an_agent_who_opens_a_draft_by_its_link_is_written(
    client: httpx.AsyncClient, starter_database: str
) -> None:
    """Of its agency or of another; neither who holds it without an account, nor whose it is."""
    site = await made(starter_database, "draft")
    async with database(starter_database) as session:
        world = replace(site.world, session=session)
        await add_account(world, f"by-link-{site.number}-", "elsewhere", None)
        other = await add_active_agency(session, site.world.ids["elsewhere"], name="Cap emploi du Lac")
        url = f"/convention/{await link(session, site.convention, NOW)}"
    client.cookies.clear()
    assert (await client.get(url)).status_code == OK
    for name in ("elsewhere", "counsellor", "staff", "owner", "person"):
        assert (await site.sign_in(client, name).get(url)).status_code == OK
    expected = [site.world.ids[name] for name in ("staff", "counsellor", "elsewhere")]
    async with database(starter_database) as session:
        wanted = AuditSearch(action=AuditAction.CONVENTION_READ, object_id=str(site.convention))
        lines = await audit.search(session, wanted)
    assert [one.line.actor_id for one in lines] == expected
    assert [one.line.agency_id for one in lines][1:] == [site.world.agency, other]
    assert {one.line.beneficiary_id for one in lines} == {site.world.beneficiary}
