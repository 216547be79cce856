"""Referentials: ROME 4.0, NAF, communes. Filled by `data/reference/`, read by everything else.

A code that a newer version no longer has is marked `retired`, never deleted: offers and passports
may still refer to it.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from data.tables.base import Timestamp, metadata, one_of

_FALSE = text("false")

rome_occupations = Table(
    "rome_occupations",
    metadata,
    Column("code", Text, primary_key=True),
    Column("label", Text, nullable=False),
    Column("definition", Text, nullable=False, server_default=""),
    Column("parent", Text, nullable=True, comment="ROME 3 code of the same family, when known"),
    Column("retired", Boolean, nullable=False, server_default=_FALSE),
    CheckConstraint("code ~ '^[A-N][0-9]{4}$'", name="code_format"),
)

rome_appellations = Table(
    "rome_appellations",
    metadata,
    Column("ogr", Text, primary_key=True),
    Column("rome", ForeignKey("rome_occupations.code"), nullable=False, index=True),
    Column("label", Text, nullable=False),
    Column("short_label", Text, nullable=False),
    Column("rare", Boolean, nullable=False, server_default=_FALSE),
    Column("retired", Boolean, nullable=False, server_default=_FALSE),
)

rome_words = Table(
    "rome_words",
    metadata,
    Column("word", Text, primary_key=True, comment="everyday word, as people type it"),
    Column("rome", ForeignKey("rome_occupations.code"), primary_key=True),
)

SKILL_KINDS = ("savoir_faire", "savoir", "savoir_etre")

rome_skills = Table(
    "rome_skills",
    metadata,
    Column("code", Text, primary_key=True, comment="OGR code, or E0001… in the starter data"),
    Column("label", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("macro", Text, nullable=True, comment="code of the macro-competence it belongs to"),
    Column("is_macro", Boolean, nullable=False, server_default=_FALSE),
    Column("category", Text, nullable=False, server_default=""),
    Column(
        "replaced_by",
        ForeignKey("rome_skills.code"),
        nullable=True,
        comment="official code of a starter skill",
    ),
    Column("retired", Boolean, nullable=False, server_default=_FALSE),
    one_of("kind", SKILL_KINDS),
)

rome_occupation_skills = Table(
    "rome_occupation_skills",
    metadata,
    Column("rome", ForeignKey("rome_occupations.code"), primary_key=True),
    Column("skill", ForeignKey("rome_skills.code"), primary_key=True),
    Column("core", Boolean, nullable=False, server_default=_FALSE),
    Index("ix_rome_occupation_skills_skill", "skill"),
)

rome_texts = Table(
    "rome_texts",
    metadata,
    Column("rome", ForeignKey("rome_occupations.code"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("position", SmallInteger, primary_key=True),
    Column("text", Text, nullable=False),
    one_of("kind", ("definition", "acces_metier")),
)

rome_mobilities = Table(
    "rome_mobilities",
    metadata,
    Column("rome", ForeignKey("rome_occupations.code"), primary_key=True),
    Column("target", ForeignKey("rome_occupations.code"), primary_key=True),
    Column("rank", SmallInteger, nullable=False),
)

rome_tags = Table(
    "rome_tags",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("rome", ForeignKey("rome_occupations.code"), primary_key=True),
    Column("label", Text, nullable=False),
    one_of("kind", ("theme", "sector", "interest", "riasec", "context")),
)

naf_divisions = Table(
    "naf_divisions",
    metadata,
    Column("code", Text, primary_key=True),
    Column("label", Text, nullable=False),
    Column("section", Text, nullable=False, server_default=""),
    Column("section_label", Text, nullable=False, server_default=""),
    CheckConstraint("code ~ '^[0-9]{2}$'", name="code_format"),
)

naf_codes = Table(
    "naf_codes",
    metadata,
    Column("code", Text, primary_key=True, comment="dotted: 56.10A"),
    Column("label", Text, nullable=False),
    Column("division", ForeignKey("naf_divisions.code"), nullable=False),
)

naf_rome = Table(
    "naf_rome",
    metadata,
    Column("division", ForeignKey("naf_divisions.code"), primary_key=True),
    Column("rome", ForeignKey("rome_occupations.code"), primary_key=True),
)

departments = Table(
    "departments",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("region", Text, nullable=False),
)

communes = Table(
    "communes",
    metadata,
    Column("insee", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False, server_default="commune"),
    Column("postal_codes", ARRAY(Text), nullable=False),
    Column("department", Text, nullable=False),
    Column("population", Integer, nullable=False, server_default="0"),
    Column("lat", Double, nullable=False),
    Column("lon", Double, nullable=False),
    Column(
        "approximate", Boolean, nullable=False, server_default=_FALSE, comment="the point is a neighbour's"
    ),
    Column("retired", Boolean, nullable=False, server_default=_FALSE),
    one_of("kind", ("commune", "arrondissement", "other")),
    CheckConstraint("lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180", name="on_earth"),
    Index("ix_communes_postal_codes", "postal_codes", postgresql_using="gin"),
)

reference_imports = Table(
    "reference_imports",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("version", Text, nullable=False, comment="`starter`, or the version of the official files"),
    Column("imported_at", Timestamp, nullable=False),
    Column("report", JSONB, nullable=False),
    one_of("kind", ("rome", "communes", "naf", "companies", "agencies")),
)
