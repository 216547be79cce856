"""The search page and the page of an offer, over HTTP: what is understood, what is shown, what is refused."""

import html
import re
from urllib.parse import parse_qsl

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.datastructures import MultiDict

from api.pages.points import points_of
from api.pages.search_form import SearchForm, parse
from data.queries.cards import Card
from domain.search import (
    MAX_SEED,
    SORT_LABELS,
    Audience,
    ContactMode,
    DisabledFit,
    Objective,
    Reason,
    RemoteMode,
    Sort,
)
from domain.values import HEADCOUNTS, Point
from services.search import Coded, SearchHit

METZ = {"lieu": "Metz"}


def text_of(page: str) -> str:
    """The words of a page, tags out and spaces folded."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page))).replace("\u00a0", " ")


async def words(client: httpx.AsyncClient, **asked: str | list[str]) -> str:
    answer = await client.get("/recherche", params=asked)
    assert answer.status_code == httpx.codes.OK
    return text_of(answer.text)


async def hits(client: httpx.AsyncClient, **asked: str | list[str]) -> list[str]:
    """Addresses of the hits of a search."""
    answer = await client.get("/recherche", params=asked)
    return [html.unescape(one) for one in re.findall(r'<h3 id="nom-\d+"><a href="([^"]+)"', answer.text)]


codes = st.lists(st.sampled_from(["D1102", "D1106", "K1302"]), unique=True).map(tuple)
line = st.text("abcdé /’()&=", max_size=30).map(str.strip).map(lambda text: re.sub(" +", " ", text))
FORMS = st.builds(
    SearchForm,
    metier=line,
    rome=codes,
    competences=st.lists(st.sampled_from(["E0001", "E0311", "100023"]), unique=True).map(tuple),
    lieu=line.filter(bool),
    insee=st.sampled_from(["", "57463", "2A004"]),
    rayon=st.integers(1, 100),
    proches=st.booleans(),
    objectif=st.none() | st.sampled_from(Objective),
    secteur=st.lists(st.sampled_from(["47", "I"]), unique=True).map(tuple),
    contact=st.lists(st.sampled_from(ContactMode), unique=True).map(tuple),
    handicap=st.lists(st.sampled_from(DisabledFit), unique=True).map(tuple),
    teletravail=st.lists(st.sampled_from(RemoteMode), unique=True).map(tuple),
    effectif=st.sets(st.sampled_from(list(HEADCOUNTS))).map(
        lambda chosen: tuple(code for code in HEADCOUNTS if code in chosen)
    ),
    engagee=st.booleans(),
    public=st.none() | st.sampled_from(Audience),
    volontaires=st.booleans(),
    tri=st.sampled_from(Sort),
    page=st.integers(1, 1000),
    tirage=st.none() | st.integers(0, MAX_SEED),
)


@given(FORMS)
def test_an_address_reads_back_as_it_was_written(form: SearchForm) -> None:
    assert parse(MultiDict(parse_qsl(form.query()))) == form


def test_a_position_is_kept_to_a_kilometre() -> None:
    form = parse(MultiDict([("lat", "49.119312"), ("lon", "6.175677")]))
    assert form.point == Point(49.12, 6.18)
    assert parse(MultiDict(parse_qsl(form.query()))) == form


@pytest.mark.parametrize(
    "asked",
    [
        {"page": "abc", "rayon": "-4", "tri": "x", "public": "y", "objectif": "z"},
        {"page": "99999999999999999999", "rayon": "1e9"},
        {"lat": "nan", "lon": "inf"},
        {"lat": "1e308", "lon": "999"},
        {"rome": "<script>", "competences": "' OR 1=1 --", "insee": "{{7*7}}", "secteur": "%"},
        {"metier": "\u202eboulanger\u200b", "lieu": "\u0000"},
        {"metier": "x" * 5000, "lieu": "{{7*7}}${7*7}<%= 7*7 %>"},
        {"competences": ["E0001"] * 3_000},
        {"inconnu": "1"},
        {"tirage": "-1"},
        {"tirage": "9999999999"},
        {"tirage": "٣"},
    ],
)
async def test_nonsense_is_left_out(client: httpx.AsyncClient, asked: dict[str, str | list[str]]) -> None:
    answer = await client.get("/recherche", params=asked)
    assert answer.status_code == httpx.codes.OK


async def test_what_is_typed_is_never_markup(client: httpx.AsyncClient) -> None:
    asked = {"metier": "<script>alert(1)</script>", "lieu": '"><img src=x>', "q_competence": "{{7*7}}"}
    page = (await client.get("/recherche", params=asked)).text
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "{{7*7}}" in page


async def test_everyday_words_are_understood(client: httpx.AsyncClient) -> None:
    assert "pour « Boulanger / Boulangère » autour de Metz (57)" in await words(
        client, metier="boulangere", **METZ
    )


async def test_an_unsure_word_says_what_it_was_taken_for(client: httpx.AsyncClient) -> None:
    said = await words(client, metier="boulangr", **METZ)
    assert "Vous avez écrit « boulangr » : voici pour «" in said
    assert "Vous pensiez à autre chose ?" in said


async def test_unknown_words_say_what_to_do(client: httpx.AsyncClient) -> None:
    said = await words(client, metier="zzzzzzzz", lieu="qqqqqqqq")
    assert "Nous ne reconnaissons pas le métier « zzzzzzzz »" in said
    assert "Nous ne trouvons pas le lieu « qqqqqqqq »" in said


async def test_namesakes_are_proposed(client: httpx.AsyncClient) -> None:
    said = await words(client, metier="boulanger", lieu="Saint-Denis")
    assert "Est-ce une autre commune ? Saint-Denis (" in said
    chosen = await words(client, metier="boulanger", lieu="Saint-Denis (93)", insee="93066")
    assert "autour de Saint-Denis (93)" in chosen
    assert "Est-ce une autre commune" not in chosen


async def test_an_unlike_place_is_proposed_not_chosen(client: httpx.AsyncClient) -> None:
    said = await words(client, metier="xyzzy", lieu="Atlantide")
    assert "Nous ne trouvons pas le lieu « Atlantide »" in said
    assert "autour de" not in said
    assert "autour de Metz (57)" in await words(client, metier="boulanger", lieu="Mettz")


async def test_a_postal_code_and_a_commune_code_are_places(client: httpx.AsyncClient) -> None:
    assert "autour de Metz (57)" in await words(client, metier="boulanger", lieu="57000")
    assert "autour de Metz (57)" in await words(client, metier="boulanger", insee="57463")
    assert "autour de" not in await words(client, metier="boulanger", insee="57463", lieu="")


async def test_typed_skills_are_proposed_and_an_exact_one_is_chosen(client: httpx.AsyncClient) -> None:
    proposed = (await client.get("/recherche", params={"q_competence": "tenir une caisse"})).text
    code, label = re.findall(r'for="competence-(E\d+)">([^<]+)<', proposed)[0]
    assert f'value="{code}" checked' not in proposed
    chosen = (await client.get("/recherche", params={"q_competence": html.unescape(label)})).text
    assert f'value="{code}" checked' in chosen


async def test_an_occupation_without_skills_says_so(client: httpx.AsyncClient) -> None:
    described = (await client.get("/api/v1/appellations", params={"q": "notaire"})).json()[0]
    said = await words(client, metier=described["label"], **METZ)
    assert "les compétences de ce métier viendront avec le ROME complet" in said


async def test_pages_follow_without_repeating(client: httpx.AsyncClient) -> None:
    asked = {"lieu": "Metz", "rayon": "100"}
    first, second = await hits(client, **asked), await hits(client, **asked, page="2")
    places = [one.split("?")[0] for one in (*first, *second)]
    assert len(first) == 12
    assert len(set(places)) == len(places)


async def test_links_to_pages_carry_the_draw_and_a_changed_search_starts_anew(
    client: httpx.AsyncClient,
) -> None:
    page = html.unescape((await client.get("/recherche", params={"lieu": "Metz", "tirage": "7"})).text)
    (following,) = re.findall(r'<a rel="next" href="([^"]+)"', page)
    assert "page=2" in following
    assert "tirage=7" in following
    assert "tirage=7" in html.unescape(re.findall(r'<h3 id="nom-1"><a href="([^"]+)"', page)[0])
    drawn = await hits(client, lieu="Metz", tirage="7")
    assert drawn == await hits(client, lieu="Metz", tirage="7")
    form = SearchForm(lieu="Metz", page=3, tirage=7)
    assert form.url(page=2) == "/recherche?lieu=Metz&page=2&tirage=7"
    assert form.url(rayon=10) == "/recherche?lieu=Metz&rayon=10"
    assert form.without_filters().tirage is None


@pytest.mark.parametrize("sort", Sort)
async def test_every_order_is_offered_and_kept(client: httpx.AsyncClient, sort: Sort) -> None:
    page = html.unescape((await client.get("/recherche", params={"lieu": "Metz", "tri": sort})).text)
    assert f'<option value="{sort}" selected>{SORT_LABELS[sort]}</option>' in page
    assert 'id="resultat-1"' in page


async def test_filters_stay_in_the_links(client: httpx.AsyncClient) -> None:
    address = (await hits(client, lieu="Metz", rayon="100", contact="phone", proches="1"))[0]
    assert "contact=phone" in address
    assert "proches=1" in address


async def test_offer_tells_the_reasons_that_add_up(client: httpx.AsyncClient) -> None:
    page = (await client.get("/recherche", params={"competences": "E0311", "lieu": "Metz"})).text
    address = html.unescape(re.findall(r'<h3 id="nom-1"><a href="([^"]+)"', page)[0])
    score = int(re.findall(r'<p class="score"[^>]*><strong>(\d+)<', page)[0])
    offer = (await client.get(address)).text
    points = [int(one) for one in re.findall(r"<td>(\d+)</td>", offer)]
    assert points[-1] == score
    assert sum(points[:-1]) == score
    assert "Retour aux résultats" in offer


async def test_a_place_alone_gives_no_score(client: httpx.AsyncClient) -> None:
    assert 'class="score"' in (await client.get("/recherche", params=METZ | {"metier": "boulanger"})).text
    page = (await client.get("/recherche", params=METZ)).text
    assert 'id="resultat-1"' in page
    assert 'class="score"' not in page
    offer = (await client.get((await hits(client, **METZ))[0])).text
    assert "Pourquoi cette entreprise" in offer
    assert "Total sur 100" not in offer


async def test_offer_without_a_search_has_no_reasons(client: httpx.AsyncClient) -> None:
    address = (await hits(client, lieu="Metz"))[0].split("?")[0]
    offer = (await client.get(address)).text
    assert "Pourquoi cette entreprise" not in offer
    assert "Chercher d’autres entreprises" in offer
    whole = await client.get("/".join(address.split("/")[:3]), follow_redirects=True)
    assert whole.status_code == httpx.codes.OK


@pytest.mark.parametrize(
    "address",
    [
        "/entreprises/12345678901234",
        "/entreprises/12345678901234/1/D1102",
        "/entreprises/{siret}/999999999/D1102",
        "/entreprises/{siret}/{place}/A1101",
        "/entreprises/{siret}/{place}/D9999",
    ],
)
async def test_what_is_not_there_is_a_404_page(client: httpx.AsyncClient, address: str) -> None:
    _, _, siret, place, _ = (await hits(client, lieu="Metz"))[0].split("?")[0].split("/")
    answer = await client.get(address.format(siret=siret, place=place))
    assert answer.status_code == httpx.codes.NOT_FOUND
    assert "Cette page n’existe pas" in answer.text


@pytest.mark.parametrize(
    "address", ["/entreprises/123", "/entreprises/x/y/z", "/entreprises/12345678901234/0/D1102"]
)
async def test_a_malformed_address_is_a_page_too(client: httpx.AsyncClient, address: str) -> None:
    answer = await client.get(address)
    assert 400 <= answer.status_code < 500
    assert "<h1>" in answer.text


async def test_a_volunteer_cannot_be_taken_off(client: httpx.AsyncClient) -> None:
    siret = (await hits(client, lieu="Metz", volontaires="1"))[0].split("/")[2]
    assert (await client.get(f"/entreprises/{siret}/retrait")).status_code == httpx.codes.CONFLICT
    assert (await client.post(f"/entreprises/{siret}/retrait")).status_code == httpx.codes.CONFLICT


@given(st.lists(st.floats(0.001, 0.4), min_size=1, max_size=5).filter(lambda shares: sum(shares) <= 1))
def test_points_add_up_to_the_score(shares: list[float]) -> None:
    reasons = tuple(Reason(str(at), f"raison {at}", share) for at, share in enumerate(shares))
    hit = SearchHit(
        card=Card.__new__(Card),
        volunteer=True,
        occupation=Coded("D1102", "Boulanger"),
        offer_label="Boulanger",
        others=(),
        distance_km=None,
        score=sum(shares),
        reasons=reasons,
        matched=(),
        to_learn=(),
        availability="",
    )
    points = points_of(hit)
    assert sum(one.points for one in points) == round(hit.score * 100)
    assert all(abs(one.points - share * 100) < 1 for one, share in zip(points, shares, strict=True))
