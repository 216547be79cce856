"""The PDF of a convention: every mention the law asks is on the paper, and nothing that it does not."""

import io
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pdfua import validate
from pypdf import PdfReader

from clients.pdf_check import flaws_of
from clients.seal import DocumentSeal
from clients.seal_keys import developers_key
from domain.agency import Situation
from domain.contacts import masked
from domain.convention import As, Kind
from domain.search import OBJECTIVE_LABELS, Objective
from domain.terms import Contact, Coverage, Employer, Terms
from services.conventions.document_data import (
    Data,
    Paper,
    Prescriber,
    Proof,
    Signature,
    blank_data,
    final_data,
    paper_data,
    written,
)
from services.conventions.document_file import convention_pdf, tools
from tests.factories.conventions import a_document

AT = datetime(2026, 11, 20, 14, 5, tzinfo=UTC)
TEXT, HEAD = "9f86d081" * 8, "0123abcd" * 8
URL = "https://escale.example/verifier/K7Q2M9XD4T"
PAPER = Paper(
    reference="K7Q2M9XD4T",
    verify_url=URL,
    prescriber=Prescriber(
        name="Mission locale de l’Ouest",
        kind="Mission locale",
        siret="35600000000048",
        address="5 rue du Pont, 44000 Nantes",
        phone="+33240112233",
        email="contact@ml-ouest.example",
    ),
)


def whole(**changed: Any) -> Terms:  # noqa: ANN401 - fields of the document
    """Somebody of 16 in work: every part of the document is told."""
    terms = a_document()
    return replace(
        terms,
        beneficiary=replace(terms.beneficiary, birth_date=date(2010, 4, 2), situation=Situation.RQTH),
        representative=Contact(
            first_name="Rose",
            last_name="Durand",
            function="mère",
            email="rose@exemple.fr",
            phone="+33699887766",
        ),
        employed=True,
        employer=Employer(
            name="Garage Martin",
            siret="55210055400013",
            contact=Contact(
                first_name="Paul", last_name="Martin", function="gérant", email="p@garage.example"
            ),
        ),
        activity=replace(terms.activity, gratuity="un repas par jour", hazards_checked=True),
        host=replace(terms.host, tutor=replace(terms.host.tutor, phone="+33387112233")),
        **changed,
    )


def signed(whom: As, name: str, channel: str, reached: str) -> Signature:
    at = AT - timedelta(hours=len(name))
    return Signature(whom=whom, name=name, at=at, channel=channel, reached=reached, document=TEXT)


PROOF = Proof(
    version=3,
    document=TEXT,
    signatures=(
        replace(signed(As.EMPLOYER, "Paul Martin", "paper", ""), attested_by="Marc Klein", scan="5ca4" * 16),
        signed(As.COMPANY, "Anne Martin", "email", "gerante@exemple.com"),
        signed(As.REPRESENTATIVE, "Rose Durand", "email", "rose@exemple.fr"),
        signed(As.BENEFICIARY, "Zoé Durand", "sms", "+33612345678"),
    ),
    validated_by="Marc Klein",
    validated_at=AT,
    chain_head=HEAD,
)


async def pdf_of(data: Data) -> bytes:
    return await convention_pdf(written(data))


def text_of(pdf: bytes, page: int | None = None) -> str:
    """The words of the paper, or of one page, with plain spaces."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    read = [one.extract_text() for one in (pages if page is None else [pages[page]])]
    return re.sub(r"\s+", " ", " ".join(read))


@pytest.fixture(scope="module")
async def final() -> bytes:
    return await pdf_of(final_data(whole(), PAPER, PROOF))


MENTIONS = {
    "prescriber, name": "Mission locale de l’Ouest",
    "prescriber, address": "5 rue du Pont, 44000 Nantes",
    "beneficiary, names": "DURAND Zoé",
    "beneficiary, birth date": "Date de naissance : 2 avril 2010",
    "employer": "Employeur actuel : Garage Martin (SIRET 552 100 554 00013)",
    "employer, who signs": "Paul Martin, gérant",
    "representative": "Représentant légal : Rose Durand, mère",
    "host, name": "Boulangerie du Port",
    "host, address": "3 rue du Port, 44000 Nantes",
    "host, SIRET": "356 000 000 00048",
    "host, main activity": "Activité principale : Boulangerie et pâtisserie",
    "host, collective agreement": "Convention collective : Boulangerie-pâtisserie artisanale (IDCC 843)",
    "host, who welcomes": "consignes de santé et de sécurité : Paul Petit, Boulanger",
    "accompanying structure": "Association Cap Sud",
    "referent, name and function": "Lila Moreau, Référente",
    "start and end": "du 30 novembre 2026 au 11 décembre 2026",
    "hours of presence": "10 jours, 70 h en tout",
    "place": "Lieu d’exécution : 3 rue du Port, 44000 Nantes",
    "objective": OBJECTIVE_LABELS[Objective.DISCOVER],
    "precise aims": "Objectifs précis : Voir si les horaires et le travail du fournil lui conviennent.",
    "how they are assessed": "Un entretien à mi-parcours et un bilan le dernier jour.",
    "tasks": "Peser, pétrir, façonner avec le boulanger ; servir en boutique.",
    "skills": "Compétences recherchées : Pétrir une pâte",
    "safety": "Chaussures fermées, charlotte",
    "timetable": "9 h – 12 h",
    "no pay": "L’entreprise ne verse pas de rémunération.",
    "gratuity": "gratification : un repas par jour.",
    "status kept": "garde son statut",
    "work contract": "son contrat de travail continue et elle retrouve son poste",
    "cover": "La structure prescriptrice couvre les accidents du travail",
    "accident, 24 hours": "dans les 24 heures",
    "accident, 48 hours": "dans les 48 heures",
    "accident, whom to call": "02 40 11 22 33, contact@ml-ouest.example",
    "forbidden works": "D4153-15 à D4153-37",
    "law": "L5135-1 à L5135-8 et D5135-1 à D5135-8 ; décret n° 2023-1304",
    "reference": "Référence K7Q2M9XD4T",
    "validation": "Validée le 20 novembre 2026",
}
"""Décret n° 2023-1304, and what the convention is for."""


@pytest.mark.parametrize("mention", MENTIONS)
async def test_each_mention_is_on_the_paper(final: bytes, mention: str) -> None:
    assert MENTIONS[mention] in text_of(final)


async def test_one_objective_and_no_other(final: bytes) -> None:
    said = text_of(final)
    assert [one for one in Objective if OBJECTIVE_LABELS[one] in said] == [Objective.DISCOVER]


async def test_what_the_law_does_not_ask_is_not_told(final: bytes) -> None:
    said = text_of(final).lower()
    for told in ("person@exemple.fr", "rose@exemple.fr", "gerante@exemple.com", "12 34 56 78", "99 88 77"):
        assert told not in said
    assert "handicap" not in said
    assert "rqth" not in said


async def test_the_certificate_says_who_when_how_and_what(final: bytes) -> None:
    said = text_of(final, -1)
    grouped = " ".join(["9f86d081"] * 8)
    assert said.count(grouped) == 1 + len(PROOF.signatures)
    assert f"(HMAC-SHA-256) : {' '.join(['0123abcd'] * 8)}" in said
    assert "Nom : Zoé Durand Quand : 20 novembre 2026 à 5 h 05 (heure de Paris)" in said
    assert "Code à usage unique envoyé par SMS au •• •• •• •• 78" in said
    assert "Code à usage unique envoyé à l’adresse e-mail r•••@exemple.fr" in said
    assert "Signature à la main sur papier, attestée par Marc Klein" in said
    assert said.count("Papier signé, numérisé") == 1
    assert " ".join(["5ca45ca4"] * 8) in said
    assert "Marc Klein, pour Mission locale de l’Ouest" in said
    assert "Version signée : 3" in said
    assert "ce n’est pas un cachet qualifié" in said
    places = [said.index(name) for name in ("Zoé Durand", "Rose Durand", "Anne Martin", "Paul Martin")]
    assert places == sorted(places)


async def test_the_qr_code_and_the_link_open_the_verification(final: bytes) -> None:
    pages: Any = PdfReader(io.BytesIO(final)).pages
    links = [note.get_object()["/A"]["/URI"] for page in pages for note in page.get("/Annots", [])]
    assert set(links) == {URL}
    assert f"Code QR qui ouvre la page de vérification : {URL}" in str(alternatives(final))


def alternatives(pdf: bytes) -> list[str]:
    """What is read aloud in place of each drawing."""
    reader: Any = PdfReader(io.BytesIO(pdf))
    found, left = [], [reader.trailer["/Root"]["/StructTreeRoot"].get_object()]
    while left:
        one = left.pop()
        if "/Alt" in one:
            found.append(one["/Alt"])
        kids = one.get("/K", [])
        kids = kids if isinstance(kids, list) else [kids]
        left += [kid.get_object() for kid in kids if hasattr(kid.get_object(), "get")]
    return found


async def test_the_same_convention_makes_the_same_bytes(final: bytes) -> None:
    assert await pdf_of(final_data(whole(), PAPER, PROOF)) == final
    shuffled = replace(PROOF, signatures=tuple(reversed(PROOF.signatures)))
    assert await pdf_of(final_data(whole(), PAPER, shuffled)) == final
    other = replace(PROOF, chain_head="0" * 64)
    assert await pdf_of(final_data(whole(), PAPER, other)) != final
    assert set(tools()) == {"typst", "template"}


def a_mini_stage() -> Terms:
    terms = a_document(last=date(2026, 12, 4))
    pupil = replace(terms.beneficiary, birth_date=date(2012, 1, 1), school="Collège du Port")
    return replace(terms, kind=Kind.MINI_STAGE, beneficiary=pupil)


DOCUMENTS = {
    "final": final_data(whole(), PAPER, PROOF),
    "least told": final_data(a_document(), PAPER, replace(PROOF, signatures=PROOF.signatures[1:2])),
    "mini-stage": final_data(a_mini_stage(), PAPER, PROOF),
    "paper": paper_data(whole(), PAPER, 2, TEXT, AT),
    "blank": blank_data(Kind.PMSMP, AT),
    "blank mini-stage": blank_data(Kind.MINI_STAGE, AT),
}


@pytest.mark.parametrize("which", DOCUMENTS)
async def test_each_is_accessible_and_archival_in_three_pages(which: str, tmp_path: Path) -> None:
    pdf = await pdf_of(DOCUMENTS[which])
    assert flaws_of(pdf) == []
    path = tmp_path / "document.pdf"
    path.write_bytes(pdf)
    assert list(validate(str(path)).findings) == []
    assert len(PdfReader(path).pages) <= 3


async def test_it_is_sealed_and_made_again_with_its_tail(final: bytes) -> None:
    seal = DocumentSeal(developers_key("k"))
    sealed = await seal.seal(final, AT)
    again = await pdf_of(final_data(whole(), PAPER, PROOF))
    assert again + sealed.tail == sealed.whole
    assert (await seal.verify(again + sealed.tail)).valid
    assert flaws_of(sealed.whole) == []


async def test_words_are_never_markup() -> None:
    typed = '#panic("lu") $x$ *gras* _souligné_ <b> `code` @ref // \\ [x] = titre'
    terms = a_document()
    terms = replace(terms, activity=replace(terms.activity, aims=typed, tasks=typed * 20))
    assert typed in text_of(await pdf_of(final_data(terms, PAPER, PROOF)))


async def test_an_employer_who_covers_declares() -> None:
    said = text_of(await pdf_of(final_data(whole(coverage=Coverage.EMPLOYER), PAPER, PROOF)))
    assert "L’employeur actuel, Garage Martin, couvre les accidents" in said
    assert "l’employeur actuel, Garage Martin, déclare l’accident" in said
    assert "La structure prescriptrice couvre" not in said


async def test_a_tutor_changed_afterwards_is_told() -> None:
    since = "Tuteur : Léa Blanc, depuis le 2 décembre 2026."
    said = text_of(await pdf_of(final_data(whole(), PAPER, replace(PROOF, changed_since=since))), -1)
    assert f"Changé depuis les signatures : {since}" in said


async def test_the_paper_to_sign_has_a_line_for_each(final: bytes) -> None:
    said = text_of(await pdf_of(paper_data(whole(), PAPER, 2, TEXT, AT)))
    printed = "Version 2 (empreinte 9f86d081) · À signer à la main, puis à remettre à la structure"
    pages = int(re.findall(r"Page 1 sur ([0-9])", said)[0])
    assert said.count(printed) == pages + 1, "under the title, and on every page"
    for name in ("Zoé Durand", "Rose Durand", "Anne Martin", "Paul Martin", "Mission locale de l’Ouest"):
        assert name in said[said.rindex("Signatures") :]
    assert "Certificat de signature" not in said
    assert "Certificat de signature" in text_of(final)


async def test_the_blank_form_asks_everything_and_tells_nobody() -> None:
    said = text_of(await pdf_of(blank_data(Kind.PMSMP, AT)))
    assert all(OBJECTIVE_LABELS[one] in said for one in Objective)
    for label in ("Nom et prénom :", "SIRET :", "Référent ou référente :", "Lieu d’exécution :", "Lundi"):
        assert label in said
    for label in ("Représentant légal", "Employeur actuel", "Convention collective :", "Objectifs précis :"):
        assert label in said
    assert "None" not in said


@pytest.mark.parametrize(
    ("reached", "shown"),
    [
        ("lea.blanc@exemple.fr", "l•••@exemple.fr"),
        ("+33612345678", "•• •• •• •• 78"),
        ("", ""),
    ],
)
def test_enough_to_know_ones_own_address(reached: str, shown: str) -> None:
    assert masked(reached) == shown
