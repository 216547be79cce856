"""What JavaScript adds: results in place, proposals while typing, the map, one sending a click."""

from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser import company_form
from tests.browser.conftest import Opener, Site, Trouble

pytestmark = pytest.mark.browser

FIRST_PAGE_BYTES = 100_000
"""Issue 2, §5: the first page weighs 100 KB at most on the wire, map aside."""


def test_results_change_in_place(opened: Opener) -> None:
    page = opened("/recherche?metier=boulanger&lieu=Metz")
    page.evaluate("window.kept = true")
    page.get_by_label("Jusqu’à").select_option("10")
    page.wait_for_url("**rayon=10**")
    expect(page.locator("#annonce")).to_contain_text("autour de Metz")
    assert page.evaluate("window.kept")
    page.reload()
    expect(page.get_by_label("Jusqu’à")).to_have_value("10")


def test_back_gives_the_results_again(opened: Opener) -> None:
    page = opened("/recherche?metier=boulanger&lieu=Metz")
    before = page.locator("#compte").inner_text()
    page.get_by_label("Entreprises inscrites seulement").check()
    page.wait_for_url("**volontaires=1**")
    expect(page.locator("#compte")).not_to_have_text(before)
    page.go_back()
    expect(page.locator("#compte")).to_have_text(before)
    page.locator(".hit h3 a").first.click()
    page.wait_for_url("**/entreprises/**")
    page.go_back()
    expect(page.locator("#compte")).to_have_text(before)


def test_a_search_that_fails_is_loaded_as_a_page(opened: Opener, trouble: Trouble) -> None:
    page = opened("/recherche?metier=boulanger&lieu=Metz")
    page.route("**/recherche?*", lambda route: route.abort(), times=1)
    page.get_by_label("Jusqu’à").select_option("50")
    page.wait_for_url("**rayon=50**")
    expect(page.locator("#compte")).to_contain_text("autour de Metz")
    assert trouble.seen
    trouble.seen.clear()


def test_combobox_says_what_it_does(opened: Opener) -> None:
    page = opened("/recherche")
    field = page.get_by_label("Métier", exact=True)
    expect(field).to_have_role("combobox")
    expect(field).to_have_attribute("aria-expanded", "false")
    field.press_sequentially("caissiere")
    expect(field).to_have_attribute("aria-expanded", "true")
    listed = page.get_by_role("listbox")
    assert listed.get_attribute("id") == field.get_attribute("aria-controls")
    expect(page.get_by_role("status").filter(has_text="proposition")).to_be_attached()
    field.press("Escape")
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(field).to_have_value("caissiere")


def test_map_loads_only_where_it_is_shown(opened: Opener) -> None:
    page = opened("/recherche?metier=boulanger&lieu=Metz", width=360)
    assert page.locator(".leaflet-container").count() == 0
    page.get_by_role("link", name="Voir la carte").click()
    expect(page.locator(".map-pin").first).to_be_visible()
    expect(page.locator("path.leaflet-interactive, .leaflet-overlay-pane path").first).to_be_attached()


def _encoded_bytes(page: Page) -> list[tuple[str, int]]:
    """Bytes received for each address from now on, headers included."""
    session: CDPSession = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    names: dict[str, str] = {}
    received: list[tuple[str, int]] = []

    def finished(event: dict[str, Any]) -> None:
        received.append((names.get(event["requestId"], ""), event["encodedDataLength"]))

    session.on("Network.requestWillBeSent", lambda e: names.update({e["requestId"]: e["request"]["url"]}))
    session.on("Network.loadingFinished", finished)
    return received


@pytest.mark.parametrize("path", ["/", "/recherche?metier=boulanger&lieu=Metz"])
def test_first_page_is_light(opened: Opener, path: str) -> None:
    page = opened("/plan-du-site")
    received = _encoded_bytes(page)
    page.goto(path)
    page.wait_for_load_state("networkidle")
    weighed = {url: size for url, size in received if "leaflet" not in url and "carte.js" not in url}
    assert any("bootstrap" in url for url in weighed)
    assert sum(weighed.values()) <= FIRST_PAGE_BYTES, weighed


def test_double_click_sends_once(opened: Opener) -> None:
    page = opened()
    company_form.up_to(page, 4)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.get_by_role("button", name="Envoyer l’inscription").dblclick()
    page.wait_for_url("**/merci")
    assert len(sent) == 1


def test_back_to_a_step_and_forward_again(opened: Opener) -> None:
    page = opened()
    company_form.up_to(page, 2)
    page.go_back()
    page.wait_for_url("**/lieux")
    expect(page.get_by_label("Commune")).to_have_value("Metz")
    page.get_by_label("Commune").fill("Metz")
    page.locator(company_form.GO_ON).click()
    page.wait_for_url("**/metiers")
    company_form.jobs(page)


def test_resumes_in_the_same_browser(opened: Opener) -> None:
    page = opened()
    company_form.up_to(page, 2)
    page.goto("/entreprises/inscription")
    page.get_by_role("link", name="Reprendre où j’en étais").click()
    page.wait_for_url("**/metiers")


def test_an_offer_opened_twice_is_the_same(opened: Opener, site: Site) -> None:
    """Its address may be shared: without a search it has no reasons, and says the rest."""
    page = opened(f"/entreprises/{site.volunteer}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Fournil des Roches")
    assert page.get_by_role("heading", name="Pourquoi cette entreprise ?").count() == 0


def test_letter_opens_in_its_frame(opened: Opener) -> None:
    page = opened("/boite-aux-lettres")
    page.get_by_text("Voir la version mise en forme").click()
    link = page.frame_locator("iframe").get_by_role("link", name="Confirmer")
    expect(link).to_have_attribute("href", "http://localhost/entreprises/preuve/abc")


def test_paper_has_the_list_across_its_width(opened: Opener) -> None:
    page = opened("/recherche?metier=boulanger&lieu=Metz")
    page.emulate_media(media="print")
    expect(page.locator("#filtres")).to_be_hidden()
    hit = page.locator(".hit").first.bounding_box()
    assert hit is not None
    assert hit["width"] > 900
