"""`/api/v1/matching`: occupations from skills, and from plain words."""

import httpx


async def test_skills_lead_to_the_occupation_they_describe(client: httpx.AsyncClient) -> None:
    page = await client.post("/api/v1/matching/text", json={"text": "je tenais la caisse d’un supermarché"})
    assert page.status_code == httpx.codes.OK, page.text
    assert "D1505" in [one["rome"] for one in page.json()["occupations"][:3]]
    skills = [one["ogr"] for one in page.json()["skills"]]
    assert skills
    found = (await client.post("/api/v1/matching/occupations", json={"skills": skills, "limit": 5})).json()
    assert 1 <= len(found) <= 5
    affinities = [one["affinity"] for one in found]
    assert affinities == sorted(affinities, reverse=True)
    assert all(0 < one <= 1 for one in affinities)
    assert {one["ogr"] for one in found[0]["matched"]} <= set(skills)
    assert not {one["ogr"] for one in found[0]["missing"]} & set(skills)


async def test_a_span_is_where_the_skill_is_said(client: httpx.AsyncClient) -> None:
    text = "avant je jardinais ; maintenant je sais encaisser"
    for said in (await client.post("/api/v1/matching/text", json={"text": text})).json()["skills"]:
        start, end = said["span"]
        assert 0 <= start < end <= len(text)
        assert text[start:end].strip()


async def test_words_nobody_knows_tell_nothing(client: httpx.AsyncClient) -> None:
    read = (await client.post("/api/v1/matching/text", json={"text": "zzzzqqqq xxxxwwww"})).json()
    assert read == {"skills": [], "occupations": []}
    unknown = await client.post("/api/v1/matching/occupations", json={"skills": ["999999999"]})
    assert unknown.json() == []


async def test_a_text_too_long_is_refused_with_what_to_do(client: httpx.AsyncClient) -> None:
    longest = await client.post("/api/v1/matching/text", json={"text": "a" * 2000})
    assert longest.status_code == httpx.codes.OK
    page = await client.post("/api/v1/matching/text", json={"text": "a" * 2001})
    assert page.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    error = page.json()["errors"][0]
    assert (error["field"], error["code"]) == ("text", "too_long")
    assert error["message"].replace("\u202f", " ") == "C’est trop long. Écrivez 2 000 caractères au plus."
    many = await client.post("/api/v1/matching/occupations", json={"skills": ["1"] * 1000})
    assert many.json()["errors"][0]["message"].startswith("Il y en a trop : ")
