"""Load the small referentials shipped in `data/starter/`, so that a bare clone works offline.

Never over an official import of the same kind; loading twice changes nothing. Everyday words and
invented companies have no official table: they are loaded beside official referentials too.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import false, select

from data.reference.communes import import_communes
from data.reference.companies import import_companies
from data.reference.csv_files import CsvFile, read_csv
from data.reference.imports import STARTER, imported_version, record
from data.reference.naf import import_naf
from data.reference.report import Changes, ImportReport, Progress, silent
from data.reference.sources import open_source
from data.reference.staging import fill, import_transaction, remove, retire, staging_table, upsert
from data.session import Session
from data.tables import naf_rome, rome_occupation_skills, rome_occupations, rome_skills, rome_words
from data.tables.reference import SKILL_KINDS
from domain.values import ROME_PATTERN, clean_line

FOLDER = Path(__file__).resolve().parent.parent / "starter"
_SKILL = re.compile(r"^E[0-9]{4}$")
_ROME = re.compile(ROME_PATTERN)


async def load_starter(
    session: Session, folder: Path, now: datetime, report: Progress | None = None
) -> tuple[ImportReport, ...]:
    """Load occupations, skills, words, NAF, communes and companies; a report for each that was loaded.

    Raises `BadFileError` with file, line and French reason.
    """
    say = report or silent
    say("Métiers et compétences de départ", 0.0)
    done = [await _load_rome(session, folder, now)]
    if await imported_version(session, "naf") in {None, STARTER} and not await _official_links(session):
        done.append(await import_naf(session, folder, now, report))
    if await imported_version(session, "communes") in {None, STARTER}:
        done.append(await import_communes(session, folder, now, report))
    companies = folder / "companies.csv"
    if companies.exists():
        done.append(await import_companies(session, companies, now, source=STARTER, report=report))
    return tuple(done)


async def _official_links(session: Session) -> bool:
    """Whether the links of NAF divisions came with an official ROME."""
    official = await imported_version(session, "rome") not in {None, STARTER}
    return official and (await session.execute(select(naf_rome.c.rome).limit(1))).first() is not None


async def _load_rome(session: Session, folder: Path, now: datetime) -> ImportReport:
    """Occupations and skills unless the official ones are there; everyday words in any case."""
    official = await imported_version(session, "rome") not in {None, STARTER}
    changes: dict[str, Changes] = {}
    async with import_transaction(session):
        if not official:
            await _load_occupations(session, folder, changes)
        known = set((await session.execute(select(rome_occupations.c.code))).scalars())
        stage = staging_table(rome_words, "word", "rome")
        read = await fill(session, stage, _words(_open(folder, "words.csv"), known, strict=not official))
        gone = await remove(session, rome_words, stage)
        changes["rome_words"] = replace(await upsert(session, rome_words, stage), removed=gone)
        read += sum(change.added + change.changed + change.unchanged for change in changes.values())
        outcome = ImportReport(kind="rome", version=STARTER, read=read, changes=changes)
        await record(session, outcome, now, keep=not official)
    return outcome


async def _load_occupations(session: Session, folder: Path, changes: dict[str, Changes]) -> None:
    stage = staging_table(rome_occupations, "code", "label")
    await fill(session, stage, _occupations(_open(folder, "occupations.csv")))
    changes["rome_occupations"] = await upsert(session, rome_occupations, stage, {"retired": false()})
    known = set((await session.execute(select(stage.c.code))).scalars())
    stage = staging_table(rome_skills, "code", "kind", "label")
    await fill(session, stage, _skills(_open(folder, "skills.csv")))
    gone = await retire(session, rome_skills, stage)
    skills_changes = await upsert(session, rome_skills, stage, {"retired": false()})
    changes["rome_skills"] = replace(skills_changes, retired=gone)
    skills = set((await session.execute(select(stage.c.code))).scalars())
    stage = staging_table(rome_occupation_skills, "rome", "skill", "core")
    await fill(session, stage, _links(_open(folder, "occupation_skills.csv"), known, skills))
    gone = await remove(session, rome_occupation_skills, stage)
    links = await upsert(session, rome_occupation_skills, stage)
    changes["rome_occupation_skills"] = replace(links, removed=gone)


def _open(folder: Path, name: str) -> CsvFile:
    with open_source(folder / name) as sources:
        return read_csv(sources[0])


def _occupations(file: CsvFile) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for line, (code, label) in file.rows(("rome", "label")):
        if not _ROME.match(code) or code in seen or not label:
            file.fail(line, f"« {code[:20]} » n’est pas un code ROME avec son intitulé, ou est là deux fois.")
        seen.add(code)
        yield code, clean_line(label)


def _skills(file: CsvFile) -> Iterator[tuple[str, str, str]]:
    seen: set[str] = set()
    for line, (code, kind, label) in file.rows(("code", "kind", "label")):
        if not _SKILL.match(code) or code in seen or not label:
            file.fail(
                line, f"« {code[:20]} » n’est pas un code comme E0001 avec son libellé, ou est là deux fois."
            )
        if kind not in SKILL_KINDS:
            file.fail(line, f"« {kind[:20]} » n’est pas {', '.join(SKILL_KINDS)}.")
        seen.add(code)
        yield code, kind, clean_line(label)


def _links(
    file: CsvFile, occupations: Collection[str], skills: Collection[str]
) -> Iterator[tuple[str, str, bool]]:
    seen: set[tuple[str, str]] = set()
    for line, (rome, code, core) in file.rows(("rome", "code", "core")):
        if rome not in occupations or code not in skills:
            file.fail(line, f"le métier {rome[:20]} ou la compétence {code[:20]} est inconnue.")
        if (rome, code) in seen:
            file.fail(line, f"le lien {rome} {code} est là deux fois.")
        seen.add((rome, code))
        yield rome, code, core == "1"


def _words(file: CsvFile, occupations: Collection[str], *, strict: bool) -> Iterator[tuple[str, str]]:
    """Words of known occupations; beside an official ROME, those of occupations it lacks are left out."""
    seen: set[tuple[str, str]] = set()
    for line, (written, rome) in file.rows(("word", "rome")):
        word = clean_line(written)
        if rome not in occupations and not strict:
            continue
        if rome not in occupations or not word:
            file.fail(line, f"mot vide, ou métier {rome[:20]} inconnu.")
        if (word, rome) not in seen:
            seen.add((word, rome))
            yield word, rome
