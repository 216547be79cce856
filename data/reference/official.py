"""Import a whole folder of official files: `rome/` (or `rome.zip`), `naf/` and `geo/`."""

from datetime import datetime
from pathlib import Path

from data.reference.communes import import_communes
from data.reference.naf import import_naf
from data.reference.report import ImportReport, Progress
from data.reference.rome import import_rome
from data.session import Session
from domain.errors import BadFileError


async def reference_folder(
    session: Session, folder: Path, now: datetime, report: Progress | None = None
) -> tuple[ImportReport, ...]:
    """Import what the folder has, ROME first since NAF links refer to it; a report for each.

    Raises `BadFileError` with file, line and French reason.
    """
    if not folder.is_dir():  # noqa: ASYNC240 - a command line, nothing else waits
        raise BadFileError(str(folder), 0, "dossier introuvable : vérifiez ESCALE_REFERENCE.")
    done = []
    for name, importer in (("rome", import_rome), ("naf", import_naf), ("geo", import_communes)):
        path = folder / name if (folder / name).is_dir() else folder / f"{name}.zip"
        if path.exists():
            done.append(await importer(session, path, now, report))
    if not done:
        raise BadFileError(folder.name, 0, "ni rome, ni naf, ni geo dans ce dossier (ESCALE_REFERENCE).")
    return tuple(done)
