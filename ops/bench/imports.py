"""The import of a large file of companies, as `escale import companies` does it."""

import asyncio
import csv
import random
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

from data.reference.report import silent
from ops.bench.database import bench_database
from ops.bench.sample import SEED
from ops.bench.speeds import speeds_of
from ops.references import Order, run_order
from settings import ROOT, Settings

COMPANIES = 100_000
RUNS = 3
_NAF = ("56.10A", "47.11F", "43.21A", "86.10Z", "01.11Z", "62.01Z", "88.91A", "96.02A")
_HEADCOUNTS = ("00", "01", "11")
_HEADER = (
    *("siret", "name", "naf", "headcount", "website", "contact_mode", "contact_name", "contact_job"),
    *("contact_email", "contact_phone", "for_job_seekers", "address", "postal_code", "city"),
    *("lat", "lon", "offers"),
)


def run(settings: Settings, companies: int, say: Callable[[str], None]) -> dict[str, Any]:
    """Import that many invented companies three times: the first adds them, the others find them there.

    The rate is in rows a second over the first; `p50_ms` and the others are of whole imports.
    """
    with tempfile.TemporaryDirectory() as name, bench_database(settings, say) as ready:
        path = Path(name) / "companies.csv"
        write_companies(path, companies)
        seconds = []
        for number in range(RUNS):
            began = perf_counter()
            order = Order(kind="companies", path=path, source="bench")
            report = asyncio.run(run_order(ready.database_url, order, silent))
            seconds.append(perf_counter() - began)
            say(f"{number + 1}. {report.read} lignes, {report.rejected_count} écartées, {seconds[-1]:.1f} s")
        return {
            **speeds_of(seconds),
            "rate_per_s": round(companies / seconds[0], 1),
            "companies": companies,
            "rejected": report.rejected_count,
            "seconds": [round(one, 2) for one in seconds],
        }


def write_companies(path: Path, companies: int) -> None:
    """One half of volunteers with one to three offers, one half of « potentiels »."""
    rng = random.Random(SEED)  # noqa: S311 - a sample, not a secret
    communes = [row for row in _rows("communes") if row["postal_codes"]]
    occupations = _rows("occupations")
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(_HEADER)
        for number in range(companies):
            volunteer = number % 2 == 0
            commune = rng.choice(communes)
            drawn = rng.sample(occupations, rng.choice((1, 1, 2, 3))) if volunteer else []
            site = f"e{number}.escale.example"
            contact = ("email", "Jeanne Martin", "Gérante", f"contact@{site}", "01 99 00 12 34")
            writer.writerow(
                (
                    *(
                        siret(number),
                        f"Entreprise {number}",
                        rng.choice(_NAF),
                        rng.choice(("00", "01", "11")),
                    ),
                    f"https://{site}" if volunteer else "",
                    *(contact if volunteer else ("",) * len(contact)),
                    *("1", f"{number % 200} rue des Lilas", commune["postal_codes"].split("|")[0]),
                    *(commune["name"], commune["lat"], commune["lon"]),
                    "|".join(f"{row['rome']};{row['label']};on_site" for row in drawn),
                )
            )


def siret(number: int) -> str:
    """An invented SIRET whose two keys are right."""
    siren = f"{10_000_000 + number:08d}"
    siren += luhn_key(siren)
    return f"{siren}0001{luhn_key(f'{siren}0001')}"


def luhn_key(digits: str) -> str:
    """The digit that makes the number divisible by ten in Luhn's sum."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 - place % 2)
        total += value - 9 * (value > 9)  # noqa: PLR2004 - the sum of its two digits
    return str(-total % 10)


def _rows(name: str) -> list[dict[str, str]]:
    with (ROOT / "data" / "starter" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
