"""Run one of the two builders; see the package."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import ops.starter
from ops.starter.communes import build_communes, build_departments
from ops.starter.occupations import build_occupations
from ops.starter.skills import build_skills


def main(arguments: Sequence[str]) -> None:
    """Run one of the two modes."""
    parser = argparse.ArgumentParser(prog="python -m ops.starter", description=ops.starter.__doc__)
    parser.add_argument("--out", type=Path, default=Path("data/starter"))
    if arguments[:1] == ["skills"]:
        parser.add_argument("files", type=Path, nargs="+")
        options = parser.parse_args(arguments[1:])
        build_skills(options.files, options.out)
        return
    parser.add_argument("--naf-rome", type=Path, required=True)
    parser.add_argument("--communes", type=Path, required=True)
    parser.add_argument("--cities", type=Path, required=True)
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    build_occupations(options.naf_rome, options.out)
    build_departments(options.communes, options.out)
    build_communes(options.communes, options.cities, options.out)


if __name__ == "__main__":
    main(sys.argv[1:])
