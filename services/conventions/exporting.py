"""The desk's list as a file for a spreadsheet: CSV as Excel reads it in France, or XLSX; no formulas."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

import xlsxwriter

from data.queries.convention_lists import Listed
from domain.convention import KIND_LABELS, STATUS_LABELS
from domain.convention_late import LATE_LABELS
from domain.french import PARIS
from domain.search import OBJECTIVE_LABELS

HEADERS = (
    "Référence",
    "Statut",
    "En retard",
    "Prénom",
    "Nom",
    "Date de naissance",
    "Entreprise",
    "SIRET",
    "Type",
    "Objectif",
    "Premier jour",
    "Dernier jour",
    "Jours de présence",
    "Heures de présence",
    "Structure",
    "Conseiller ou conseillère",
    "Envoyée le",
    "Validée le",
    "Déposée le",
    "Accusé de dépôt",
)
"""With what the State's teleservice asks of a deposit: who, where, when, what for, validated by whom."""
_WIDTH = 22
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for a formula at the beginning of a cell (OWASP, « CSV Injection »)."""
Cell = str | int | float | date


def to_csv(rows: Iterable[Listed]) -> bytes:
    """UTF-8 with its mark and semicolons: opened by a double click, accents and columns are right."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADERS)
    writer.writerows([_plain(cell) for cell in _cells(row)] for row in rows)
    return written.getvalue().encode("utf-8-sig")


def to_xlsx(rows: Sequence[Listed]) -> bytes:
    """One sheet with a frozen header and filters; dates are dates, texts are texts."""
    file = io.BytesIO()
    options = {"in_memory": True, "constant_memory": True, "strings_to_formulas": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet("Conventions")
        head, day = book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.set_column(0, len(HEADERS) - 1, _WIDTH)
        sheet.freeze_panes(1, 0)
        for column, label in enumerate(HEADERS):
            sheet.write_string(0, column, label, head)
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(_cells(row)):
                if isinstance(cell, str):
                    sheet.write_string(number, column, cell)
                elif isinstance(cell, date):
                    sheet.write_datetime(number, column, cell, day)
                else:
                    sheet.write_number(number, column, cell)
        sheet.autofilter(0, 0, len(rows), len(HEADERS) - 1)
    return file.getvalue()


def _cells(row: Listed) -> Iterator[Cell]:
    """In the order of `HEADERS`; an archived one names nobody."""
    yield from (row.reference, STATUS_LABELS[row.status])
    yield ", ".join(LATE_LABELS[one] for one in row.late)
    yield from ("", "", "") if row.archived else (row.first_name, row.last_name, row.birth_date or "")
    yield from (row.company, row.siret, KIND_LABELS[row.kind])
    yield OBJECTIVE_LABELS[row.objective] if row.objective else ""
    yield from (row.starts_on or "", row.ends_on or "", row.days, round(row.minutes / 60, 2))
    yield from (row.agency, row.counsellor)
    yield from (_day(one) for one in (row.submitted_at, row.validated_at, row.deposited_at))
    yield row.deposit_receipt


def _day(moment: datetime | None) -> date | str:
    return moment.astimezone(PARIS).date() if moment else ""


def _plain(cell: Cell) -> str:
    """A cell of a CSV: a day and a decimal as in France, a text that no spreadsheet runs."""
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(_DANGEROUS) else cell
    if isinstance(cell, date):
        return f"{cell:%d/%m/%Y}"
    return str(cell).removesuffix(".0").replace(".", ",")
