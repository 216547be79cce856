"""What who decides is warned of, in a real browser."""

import pytest
from playwright.sync_api import expect

from api.cookies import SESSION_COOKIE
from tests.api import convention_callers
from tests.browser.conftest import Opener, Site
from tests.browser.test_every_page import WIDTHS, check
from tests.conftest import run_async

pytestmark = pytest.mark.browser


def test_an_address_changed_by_the_company_is_seen_before_deciding(opened: Opener, site: Site) -> None:
    one = run_async(convention_callers.made(site.database_url, "submitted", "br"))
    run_async(convention_callers.replace_person(one, site.database_url, "owner"))
    page = opened("/connexion")
    token = one.world.tokens["counsellor"]
    page.context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": site.url}])
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(one.url)
        warning = page.locator("section", has=page.get_by_role("heading", name="Décider"))
        expect(warning).to_contain_text("Avant de décider, appelez les personnes concernées")
        check(page, width)
