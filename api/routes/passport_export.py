"""The whole passport in plain JSON: what its holder takes away."""

from datetime import datetime
from typing import Annotated

import msgspec

from api.openapi import shown
from domain.passport import LEVEL_LABELS, TRAVEL_LABELS, Evidence, Travel, evidence_words
from domain.search import OBJECTIVE_LABELS, Objective
from services.passports import KeptPassport


class ExportedSkill(msgspec.Struct):
    """A skill with what supports it; `level` is null until its holder says it."""

    ogr: Annotated[str, shown("100023")]
    label: Annotated[str, shown("Abattre un arbre")]
    level: Annotated[int | None, shown(2, "1 to 4")]
    level_label: Annotated[str | None, shown("Je me débrouille")]
    evidence: Annotated[Evidence, shown("declared")]
    evidence_label: Annotated[str, shown("Vous le dites")]
    attested_by: Annotated[
        str | None,
        shown("Fournil des Roches", "Who vouches for the evidence; null: the person alone says it"),
    ]
    sentence: Annotated[str, shown("je coupe du bois pour l’hiver", "What the person said; may be empty")]


class ExportedJob(msgspec.Struct):
    """A past job; `months` is 0 when its length was not told, `appellation` null when none was chosen."""

    rome: Annotated[str, shown("A1201")]
    rome_label: Annotated[str, shown("Bûcheron / Bûcheronne")]
    label: Annotated[str, shown("Bûcheron / Bûcheronne")]
    appellation: Annotated[str | None, shown("11387")]
    months: Annotated[int, shown(18)]


class ExportedWish(msgspec.Struct):
    """An occupation looked for."""

    rome: Annotated[str, shown("D1106")]
    label: Annotated[str, shown("Vendeur / Vendeuse en alimentation")]


class ExportedPlace(msgspec.Struct):
    """The commune the person starts from."""

    insee: Annotated[str, shown("57463")]
    label: Annotated[str, shown("Metz (57)")]
    lat: Annotated[float, shown(49.1193)]
    lon: Annotated[float, shown(6.1757)]


class ExportedMobility(msgspec.Struct):
    """How the person travels, and how far at most."""

    mode: Annotated[Travel, shown("bike")]
    mode_label: Annotated[str, shown("À vélo")]
    max_km: Annotated[int, shown(8)]


class PassportExport(msgspec.Struct):
    """Everything the passport holds."""

    created_at: Annotated[datetime, shown("2026-11-21T09:00:00+01:00")]
    skills: list[ExportedSkill]
    jobs: list[ExportedJob]
    wishes: list[ExportedWish]
    objective: Annotated[Objective | None, shown("discover")]
    objective_label: Annotated[str | None, shown("Découvrir un métier ou un secteur d’activité")]
    place: ExportedPlace | None
    mobility: ExportedMobility | None
    sentences_to_confirm: Annotated[list[str], shown(["je tiens la caisse"])]


def exported(kept: KeptPassport) -> PassportExport:
    """The passport in the shape of its export."""
    held, labels, jobs = kept.held, kept.skill_labels, kept.occupation_labels
    home, mobility = held.home, held.mobility
    return PassportExport(
        created_at=kept.created_at,
        skills=[
            ExportedSkill(
                ogr=line.skill,
                label=labels.get(line.skill, line.skill),
                level=line.level,
                level_label=LEVEL_LABELS[line.level] if line.level else None,
                evidence=line.evidence,
                evidence_label=evidence_words(line),
                attested_by=line.attested_by or None,
                sentence=line.sentence,
            )
            for line in held.lines
        ],
        jobs=[
            ExportedJob(
                one.rome, jobs.get(one.rome, one.label), one.label, one.appellation or None, one.months
            )
            for one in held.jobs
        ],
        wishes=[ExportedWish(code, jobs.get(code, code)) for code in held.wishes],
        objective=held.objective,
        objective_label=OBJECTIVE_LABELS[held.objective] if held.objective else None,
        place=ExportedPlace(home.insee, home.label, home.point.lat, home.point.lon) if home else None,
        mobility=ExportedMobility(mobility.travel, TRAVEL_LABELS[mobility.travel], mobility.max_km)
        if mobility
        else None,
        sentences_to_confirm=[one.text for one in held.said],
    )
