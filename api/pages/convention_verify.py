"""Verifying a convention, open to anybody: by the reference of its QR code or its file. No name shows."""

import re
from dataclasses import dataclass

from litestar import get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Redirect, Template

from api.deps import ClientIpDep, CountersDep, DocumentSealDep, OfficeDep, SettingsDep
from api.limits import limit_verifications
from api.pages.forms import PRIVATE, PageRequest, see_other
from domain.convention import STATUS_LABELS, Status
from domain.roles import Right
from domain.seal import MAX_SEALED_BYTES
from services.conventions.story import Office
from services.conventions.verifying import FileReport, Report, verify, verify_file

ROOT = "/verifier"
_MAX_FORM_BYTES = MAX_SEALED_BYTES + 64 * 1024
_REFERENCE = re.compile(r"[A-Z0-9]{10}")
_NEITHER = "Écrivez la référence de la convention, ou choisissez son fichier."
_GOOD = "Ce fichier est bien la convention {reference}, telle que le service l’a scellée."
_REPLACED = "Ce fichier est authentique, mais un autre le remplace : le tuteur ou la tutrice a changé depuis."
_STRANGER = "Ce PDF porte le cachet du service, mais ce n’est le fichier d’aucune convention."
_SHAPE = "Écrivez les 10 lettres et chiffres de la référence. Elle est en haut de la convention."


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a file is, said to whoever sent it; `good` when it is the one to trust."""

    said: str
    good: bool = False


def tidy_reference(typed: str) -> str:
    """The reference as it is kept: people copy it with spaces, dashes or small letters."""
    return re.sub(r"[\s-]", "", typed).upper()


def _page(
    reference: str = "",
    report: Report | None = None,
    verdict: Verdict | None = None,
    errors: dict[str, str] | None = None,
) -> Template:
    context = {
        "reference": reference,
        "report": report,
        "label": STATUS_LABELS[report.status] if report else "Inconnue",
        "verdict": verdict,
        "errors": errors or {},
    }
    status = 422 if errors else 404 if reference and not report and not verdict else 200
    return Template("conventions/verify.html", context=context, status_code=status, headers=PRIVATE)


async def _report(office: Office, reference: str) -> Report | None:
    """What is to be said of a convention; a draft is nobody's paper yet."""
    if not _REFERENCE.fullmatch(reference):
        return None
    found = await verify(office.session, office.keys, reference)
    return None if found is None or found.status is Status.DRAFT else found


@get(ROOT, right=Right.ANYONE)
async def form() -> Template:
    """A reference, or a file."""
    return _page()


@get(f"{ROOT}/{{reference:str}}", right=Right.ANYONE)
async def by_reference(
    office: OfficeDep,
    counters: CountersDep,
    settings: SettingsDep,
    client_ip: ClientIpDep,
    reference: FromPath[str],
) -> Template:
    """What the QR code of a convention opens; an unknown reference is answered alike."""
    await limit_verifications(counters, settings, client_ip)
    tidy = tidy_reference(reference)[:40]
    return _page(tidy, await _report(office, tidy))


@post(ROOT, right=Right.ANYONE, request_max_body_size=_MAX_FORM_BYTES)
async def check(
    *,
    office: OfficeDep,
    request: PageRequest,
    counters: CountersDep,
    settings: SettingsDep,
    client_ip: ClientIpDep,
    document_seal: DocumentSealDep,
) -> Template | Redirect:
    """Look at a file, which is kept nowhere; without one, go to the page of the reference."""
    await limit_verifications(counters, settings, client_ip)
    sent = await request.form()
    typed, given = sent.get("reference", ""), sent.get("file")
    reference = tidy_reference(typed) if isinstance(typed, str) else ""
    content = await given.read() if isinstance(given, UploadFile) else b""
    if reference and not _REFERENCE.fullmatch(reference):
        return _page(errors={"reference": _SHAPE})
    if not content:
        return see_other(f"{ROOT}/{reference}") if reference else _page(errors={"reference": _NEITHER})
    found = await verify_file(office.session, office.keys, document_seal, content)
    report = found.report or (await _report(office, reference) if reference else None)
    return _page(report.reference if report else reference, report, verdict_of(found, reference))


def verdict_of(found: FileReport, asked: str) -> Verdict:
    """The sentence for a file; `asked`: the reference it was to be compared with, if any."""
    if found.report is None:
        return Verdict(found.seal.why if found.seal and not found.seal.valid else _STRANGER)
    reference = found.report.reference
    if asked and asked != reference:
        return Verdict(f"Ce fichier est celui de la convention {reference}, pas de {asked}.")
    return Verdict(_GOOD.format(reference=reference), good=True) if found.latest else Verdict(_REPLACED)


HANDLERS = [form, by_reference, check]
