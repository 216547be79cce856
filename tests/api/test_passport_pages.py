"""The passport's pages by HTTP: each form, what it refuses, the export, the search that uses it."""

import html
import re
from typing import Any

import httpx
import pytest

from api.cookies import PASSPORT_COOKIE
from tests.api.test_pages_search import text_of

PAGE = "/passeport"


def unescape(page: str) -> str:
    """The text as a person reads it: French typography has non-breaking spaces."""
    return html.unescape(page).replace("\u00a0", " ")


async def send(client: httpx.AsyncClient, **values: str | list[str]) -> httpx.Response:
    """Post one form; the cookie that comes back is kept as a browser would."""
    fields = {name.replace("__", "."): value for name, value in values.items()}
    return await client.post(PAGE, data=fields, headers={"Sec-Fetch-Site": "same-origin"})


async def done(client: httpx.AsyncClient, **values: str | list[str]) -> str:
    """The page after a form that was accepted."""
    answer = await send(client, **values)
    assert answer.status_code == httpx.codes.SEE_OTHER, answer.text
    page = await client.get(answer.headers["location"])
    assert 'role="status"' in page.text
    return unescape(page.text)


async def export(client: httpx.AsyncClient) -> dict[str, Any]:
    answer = await client.get("/api/v1/passports/current/export")
    kept: dict[str, Any] = answer.json()
    return kept


async def a_skill(client: httpx.AsyncClient) -> str:
    found = await client.get("/api/v1/skills", params={"q": "tenir une caisse", "limit": 1})
    return str(found.json()[0]["ogr"])


async def test_looking_makes_nothing(client: httpx.AsyncClient) -> None:
    page = await client.get(PAGE)
    assert page.status_code == httpx.codes.OK
    assert PASSPORT_COOKIE not in page.cookies
    assert "/passeport/effacer" not in page.text
    assert (await client.get(f"{PAGE}/export.json")).status_code == httpx.codes.NOT_FOUND
    assert "vide pour le moment" in (await client.get(f"{PAGE}/imprimer")).text


async def test_a_whole_passport(client: httpx.AsyncClient) -> None:
    page = await done(client, action="job", job="boulanger", job__years="2", job__months="3")
    assert "2 ans et 3 mois" in page
    assert "Cocher ce que j’y ai appris" in page
    assert (await export(client))["skills"] == [], "a job's skills are proposed, not added"

    code = await a_skill(client)
    await done(client, action="skills", skills=[code])
    page = await done(client, **{"action": "levels", f"level.{code}": "3", f"was.{code}": ""})
    await done(client, action="wish", wish="boulangère")
    await done(client, action="objective", objective="discover")
    await done(client, action="travel", place="metz", mobility__travel="bike", mobility__max_km="12")
    kept = await export(client)
    assert kept["skills"][0] | {"label": ""} == {
        "ogr": code,
        "label": "",
        "level": 3,
        "level_label": "Je maîtrise",
        "evidence": "declared",
        "evidence_label": "Vous le dites",
        "attested_by": None,
        "sentence": "",
    }
    assert kept["jobs"][0]["months"] == 27
    assert kept["wishes"][0]["rome"] == kept["jobs"][0]["rome"]
    assert kept["objective"] == "discover"
    assert kept["place"]["insee"] == "57463"
    assert kept["mobility"] == {"mode": "bike", "mode_label": "À vélo", "max_km": 12}

    printed = unescape((await client.get(f"{PAGE}/imprimer")).text)
    assert "Je maîtrise" in printed
    assert "À vélo, jusqu’à 12 km" in printed
    copy = await client.get(f"{PAGE}/export.json")
    assert copy.json() == kept
    assert "attachment" in copy.headers["content-disposition"]
    assert copy.headers["cache-control"] == "no-store"

    shared = unescape((await client.get(PAGE)).text).split('class="btn btn-primary" href="')[1].split('"')[0]
    token = client.cookies[PASSPORT_COOKIE]
    assert token not in shared
    assert f"competences={code}" in shared
    assert "rayon=12" in shared
    client.cookies.clear()
    assert "autour de Metz" in unescape((await client.get(shared)).text)


async def test_a_sentence_is_confirmed_in_its_words(client: httpx.AsyncClient) -> None:
    sentence = "je sais tailler les haies et tenir une caisse"
    page = await done(client, action="sentence", sentence=sentence)
    assert f"« {sentence} »" in page
    ticked = page.split('id="phrase-1-')[1].split('"')[0]
    assert (await export(client))["skills"] == []
    refused = await send(client, action="confirm", number="1")
    assert refused.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert "Cochez au moins un savoir-faire" in refused.text
    await done(client, action="confirm", number="1", skills=[ticked])
    (skill,) = (await export(client))["skills"]
    assert (skill["ogr"], skill["sentence"]) == (ticked, sentence)
    await done(client, action="confirm", number="1", skills=[ticked])
    assert len((await export(client))["skills"]) == 1, "the same answer twice"
    await done(client, action=f"unskill-{ticked}", sure="1")
    assert (await export(client))["skills"] == []


async def test_a_skill_by_its_name(client: httpx.AsyncClient) -> None:
    asked = await send(client, action="skill", skill="tenire une caise")
    assert asked.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    code, label = re.findall(r'name="choix" value="(\w+)">([^<]+)<', asked.text)[0]
    assert "caisse" in label
    page = await done(client, action="skill", skill="tenire une caise", choix=code)
    assert "Savoir-faire ajouté" in page
    await done(client, action="skill", skill=unescape(label).upper())
    await done(client, action="skill", skill="", skill_ogr=code)
    assert [one["ogr"] for one in (await export(client))["skills"]] == [code], "once, however it was named"


async def test_what_shows_a_skill_is_said_and_kept(client: httpx.AsyncClient) -> None:
    code = await a_skill(client)
    await done(client, action="skill", skill_ogr=code)
    changed = {f"level.{code}": "2", f"was.{code}": "", f"evidence.{code}": "certified"}
    page = await done(client, **{"action": "levels", **changed, f"shown.{code}": "declared"})
    assert '<option value="certified" selected>' in page
    (skill,) = (await export(client))["skills"]
    assert (skill["evidence_label"], skill["level"]) == ("J’ai un diplôme ou un certificat", 2)
    assert "J’ai un diplôme ou un certificat" in unescape((await client.get(f"{PAGE}/imprimer")).text)
    await done(client, **{"action": "levels", f"evidence.{code}": "prix", f"shown.{code}": "certified"})
    assert (await export(client))["skills"] == [skill]


async def test_removing_is_asked_first_and_loses_nothing_else(client: httpx.AsyncClient) -> None:
    await done(client, action="job", job="boulanger", job__years="2")
    await done(client, action="wish", wish="boulangère")
    code = await a_skill(client)
    await done(client, action="skill", skill_ogr=code)
    kept = await export(client)
    job, wish = kept["jobs"][0], kept["wishes"][0]
    asked = {
        "Retirer l’expérience": {"action": "unjob", "rome": job["rome"], "label": job["label"]},
        "Ne plus chercher": {"action": "unwish", "rome": wish["rome"]},
        "Retirer « ": {"action": f"unskill-{code}", f"level.{code}": "4", f"was.{code}": ""},
    }
    for question, values in asked.items():
        page = unescape((await send(client, **values)).text)
        assert question in page.split("<h1>")[1].split("</h1>")[0]
        assert 'name="sure" value="1"' in page
    assert (await export(client))["jobs"] == [job]
    assert (await export(client))["skills"][0]["level"] == 4, "what else was changed in the list is kept"
    for values in asked.values():
        await done(client, **values, sure="1")
        await done(client, **values, sure="1")
    emptied = await export(client)
    assert (emptied["jobs"], emptied["wishes"], emptied["skills"]) == ([], [], [])


async def test_a_form_sent_twice_is_said_once(client: httpx.AsyncClient) -> None:
    forms: list[dict[str, str | list[str]]] = [
        {"action": "job", "job": "boulanger", "job__months": "3"},
        {"action": "wish", "wish": "boulangère"},
        {"action": "skills", "skills": [await a_skill(client)]},
        {"action": "sentence", "sentence": "je sais tailler les haies"},
        {"action": "travel", "place": "metz", "mobility__travel": "bike", "mobility__max_km": "12"},
    ]
    for values in forms:
        await done(client, **values)
        once = await export(client)
        await done(client, **values)
        assert await export(client) == once, values


@pytest.mark.parametrize(
    ("values", "section"),
    [
        ({"action": "job", "job": ""}, "experiences"),
        ({"action": "skills"}, "experiences"),
        ({"action": "skill", "skill": ""}, "savoir-faire"),
        ({"action": "sentence", "sentence": ""}, "savoir-faire"),
        ({"action": "wish", "wish": ""}, "recherche"),
        ({"action": "travel", "place": "qqqqqqqqqq"}, "deplacements"),
    ],
)
async def test_errors_open_the_section_of_their_form(
    client: httpx.AsyncClient, values: dict[str, str | list[str]], section: str
) -> None:
    """Without JavaScript, the form's own address leads there; the summary names fields that exist."""
    page = (await send(client, **values)).text
    part = page.split(f'<section class="passport-part" id="{section}"')[1].split("</section>")[0]
    assert page.count("error-summary") == part.count("error-summary") == 1
    links = re.findall(r'<a href="#([^"]+)"', part.split("error-summary")[1].split("</div>")[0])
    assert links
    assert all(f'id="{link}"' in part for link in links)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"action": "job", "job": ""}, "Écrivez un métier"),
        ({"action": "job", "job": "zzzzzzzz"}, "ne reconnaissons pas"),
        ({"action": "job", "job": "boulanger", "job__months": "mille"}, "Vérifiez la durée"),
        ({"action": "skills"}, "Cochez au moins"),
        ({"action": "skills", "skills": ["<script>"]}, "Cochez au moins"),
        ({"action": "sentence", "sentence": " "}, "Écrivez une phrase"),
        ({"action": "sentence", "sentence": "x" * 501}, "Raccourcissez"),
        ({"action": "sentence", "sentence": "{{7*7}} zzqqxx"}, "pas reconnu"),
        ({"action": "confirm", "number": "99"}, "déjà reçu une réponse"),
        ({"action": "wish", "wish": "Z9999"}, "métier"),
        ({"action": "skill", "skill": ""}, "Écrivez un savoir-faire"),
        ({"action": "skill", "skill": "zzqqxx"}, "n’y ressemble"),
        ({"action": "skill", "skill": "caisse", "choix": "<b>"}, "Choisissez le savoir-faire"),
        ({"action": "travel", "place": "qqqqqqqqqq"}, "ne trouvons pas ce lieu"),
        ({"action": "travel", "place": "Saint-Denis"}, "Choisissez la commune"),
        ({"action": "travel", "mobility__max_km": "5"}, "Dites comment"),
        ({"action": "travel", "mobility__travel": "car", "mobility__max_km": "500"}, "entre 1 et 100"),
    ],
)
async def test_refused_beside_its_field(
    client: httpx.AsyncClient, values: dict[str, str | list[str]], said: str
) -> None:
    answer = await send(client, **values)
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert said in unescape(answer.text)
    assert "error-summary" in answer.text


async def test_a_choice_settles_a_place(client: httpx.AsyncClient) -> None:
    asked = unescape((await send(client, action="travel", place="Saint-Denis")).text)
    assert 'name="choix" value="93066"' in asked
    await done(client, action="travel", place="Saint-Denis", choix="93066")
    assert (await export(client))["place"]["insee"] == "93066"


async def test_the_search_uses_it_says_so_and_does_without(client: httpx.AsyncClient) -> None:
    await done(client, action="skills", skills=[await a_skill(client)])
    page = unescape((await client.get("/recherche?lieu=Metz&rayon=100")).text)
    assert "Recherche avec votre passeport : 1 compétence." in page
    assert "Ce que je sais déjà faire Ouvrir, tenir" in text_of(page)
    without = unescape((await client.get("/recherche?lieu=Metz&rayon=100&sans_passeport=1")).text)
    assert "Recherche sans votre passeport" in without
    assert "Ce que je sais déjà faire Ouvrir, tenir" not in text_of(without)
    named = unescape((await client.get("/recherche?lieu=Metz&competences=E0311")).text)
    assert "votre passeport :" not in named
    assert "votre passeport :" not in unescape((await client.get("/recherche")).text)


async def test_the_search_says_all_that_serves_of_it(client: httpx.AsyncClient) -> None:
    await done(client, action="wish", wish="boulangère")
    await done(client, action="objective", objective="discover")
    await done(client, action="travel", place="metz", mobility__travel="bike", mobility__max_km="12")
    page = unescape((await client.get("/recherche?lieu=Metz&rayon=100")).text)
    assert "passeport : vos souhaits, le but de l’immersion, vos 12 km de déplacement." in page
    assert 'class="score"' in page, "a wish is enough to score"
    typed = unescape((await client.get("/recherche?rome=D1106&objectif=recruit")).text)
    assert "Recherche avec votre passeport" not in typed, "what is typed wins"


async def test_deleted_here_and_there(client: httpx.AsyncClient) -> None:
    await done(client, action="objective", objective="confirm")
    assert "Effacer mon passeport ?" in unescape((await client.get(f"{PAGE}/effacer")).text)
    answer = await client.post(f"{PAGE}/effacer", headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == httpx.codes.SEE_OTHER
    assert PASSPORT_COOKIE not in client.cookies
    assert "est effacé" in unescape((await client.get(answer.headers["location"])).text)
    assert (await client.get("/api/v1/passports/current/export")).status_code == httpx.codes.NOT_FOUND


async def test_another_site_changes_nothing(client: httpx.AsyncClient) -> None:
    answer = await client.post(PAGE, data={"action": "objective"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == httpx.codes.FORBIDDEN
