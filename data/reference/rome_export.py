"""The official ROME 4.0 export: which files it is made of, and their rows, checked.

Files are `unix_<noun>_v<version>_utf8.csv` (France Travail, open data). Rows come out as tuples
in the order of the tables they go to; a code that no file declares, a code declared twice or a
value of another kind refuses the whole export, with its file and line.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from data.reference.csv_files import CsvFile, read_csv
from data.reference.sources import SourceFile
from domain.errors import BadFileError
from domain.values import ROME_PATTERN, clean_line, fold

MIN_VERSION = 400
MAX_LABEL = 500
"""Characters; the longest label of version 460 has 253."""
MAX_TEXT = 5000
MAX_RANK = 32767
_NAME = re.compile(r"^unix_([a-z_]+)_v([0-9]{3,4})_utf8\.csv$")
_ROME = re.compile(ROME_PATTERN)
_OGR = re.compile(r"^[0-9]{1,9}$")
_DIVISION = re.compile(r"^[0-9]{1,2}$")

REQUIRED = (
    "referentiel_code_rome",
    "referentiel_appellation",
    "referentiel_competence",
    "referentiel_savoir",
    "referentiel_contexte_travail",
    "coherence_item",
    "texte",
)
OPTIONAL = (
    "rubrique_mobilite",
    "arborescence_thematique",
    "arborescence_secteur_activite",
    "arborescence_centre_interet",
    "arborescence_secteur_naf",
    "referentiel_code_rome_riasec",
)
"""Files whose absence leaves what they fill as it is."""
TAG_FILES = {
    "arborescence_thematique": ("theme", "code_theme", "libelle_theme"),
    "arborescence_secteur_activite": ("sector", "code_sect_activite", "libelle_sect_activite"),
    "arborescence_centre_interet": ("interest", "code_centre_interet", "libelle_centre_interet"),
}
RIASEC = {
    "R": "Réaliste",
    "I": "Investigateur",
    "A": "Artistique",
    "S": "Social",
    "E": "Entreprenant",
    "C": "Conventionnel",
}
"""The six interest types of John Holland, in their usual French names."""

Tuples = Iterator[tuple[Any, ...]]


class RomeExport:
    """The files of one version, read in order: occupations first, since the others refer to them."""

    def __init__(self, name: str, sources: Sequence[SourceFile]) -> None:
        self.version, self._files = _files(name, sources)
        self.read = 0
        self.dangling_macros = 0
        """Skills whose macro-competence is in no file: imported without it."""
        self._labels: dict[str, tuple[str, str | None]] = {}
        self._definitions: dict[str, list[tuple[int, str]]] = {}
        self._skills: set[str] = set()
        self._contexts: dict[str, str] = {}
        self._context_links: list[tuple[str, str]] = []

    def has(self, noun: str) -> bool:
        """Whether the export carries this file."""
        return noun in self._files

    def texts(self) -> Tuples:
        """(rome, kind, position, text); reads the occupations' codes first."""
        self._read_occupations()
        columns = ("code_rome", "libelle_type_texte", "position_phrase", "libelle_texte")
        seen: set[tuple[str, str, int]] = set()
        for file, line, (rome, kind, position, written) in self._rows("texte", columns):
            self._known(file, line, rome)
            if kind not in {"definition", "acces_metier"}:
                file.fail(line, f"type de texte inconnu : « {kind[:50]} ».")
            rank = _rank(file, line, position)
            text = clean_line(written.replace("''", "'"))  # the export doubles apostrophes in this file
            if not 0 < len(text) <= MAX_TEXT:
                file.fail(line, f"texte vide ou de plus de {MAX_TEXT} caractères.")
            _once(file, line, (rome, kind, rank), seen)
            if kind == "definition":
                self._definitions.setdefault(rome, []).append((rank, text))
            yield rome, kind, rank, text

    def occupations(self) -> Tuples:
        """(code, label, definition, parent); after `texts`, which hold the definitions."""
        for code, (label, parent) in self._labels.items():
            sentences = sorted(self._definitions.get(code, []))
            yield code, label, " ".join(text for _, text in sentences), parent

    def appellations(self) -> Tuples:
        """(ogr, rome, label, short_label, rare)."""
        columns = ("code_ogr", "code_rome", "libelle_appellation_long", "libelle_appellation_court")
        seen: set[str] = set()
        for file, line, (ogr, rome, label, short, rare) in self._rows(
            "referentiel_appellation", columns, ("peu_usite",)
        ):
            _ogr(file, line, ogr)
            _once(file, line, ogr, seen)
            self._known(file, line, rome)
            long_label = _label(file, line, label)
            yield ogr, rome, long_label, clean_line(short)[:MAX_LABEL] or long_label, rare == "O"

    def skills(self) -> Tuples:
        """(code, label, kind, macro, is_macro, category): competences and macros, then savoirs."""
        macros = self._macros()
        columns = ("code_ogr", "libelle_competence", "nature", "cat_comp", "code_ogr_macro_comp")
        for file, line, (ogr, label, nature, category, macro, sub) in self._rows(
            "referentiel_competence", columns, ("sous_cat_comp",)
        ):
            self._skill(file, line, ogr)
            self.dangling_macros += macro != "" and macro not in macros
            parent = macro if macro in macros else None
            yield ogr, _label(file, line, label), _kind(file, line, category), parent, _is_macro(nature), sub
        for file, line, (ogr, label, category) in self._rows(
            "referentiel_savoir", ("code_ogr_savoir", "libelle_savoir"), ("categorie_savoir",)
        ):
            self._skill(file, line, ogr)
            yield ogr, _label(file, line, label), "savoir", None, False, category

    def occupation_skills(self) -> Tuples:
        """(rome, skill, core); work contexts, which share the file, are kept for `tags`."""
        for file, line, (ogr, label) in self._rows(
            "referentiel_contexte_travail", ("code_ogr", "libelle_cont_travail")
        ):
            _ogr(file, line, ogr)
            self._contexts[ogr] = _label(file, line, label)
        seen: set[tuple[str, str]] = set()
        for file, line, (rome, ogr, core) in self._rows(
            "coherence_item", ("code_rome", "code_ogr", "coeur_metier")
        ):
            self._known(file, line, rome)
            _once(file, line, (rome, ogr), seen)
            if ogr in self._skills:
                yield rome, ogr, core != ""
            elif ogr in self._contexts:
                self._context_links.append((ogr, rome))
            else:
                file.fail(line, f"le code {ogr[:20]} n’est ni une compétence, ni un savoir, ni un contexte.")

    def mobilities(self) -> Tuples:
        """(rome, target, rank)."""
        columns = ("code_rome", "code_rome_cible", "numero_ordre")
        seen: set[tuple[str, str]] = set()
        for file, line, (rome, target, rank) in self._rows("rubrique_mobilite", columns):
            self._known(file, line, rome)
            self._known(file, line, target)
            _once(file, line, (rome, target), seen)
            yield rome, target, _rank(file, line, rank)

    def tags(self) -> Tuples:
        """(kind, code, rome, label), each once; after `occupation_skills`."""
        seen: set[tuple[str, str, str]] = set()
        contexts = (("context", ogr, rome, self._contexts[ogr]) for ogr, rome in self._context_links)
        for tag in chain(self._tree_tags(), self._riasec_tags(), contexts):
            if tag[:3] not in seen:
                seen.add(tag[:3])
                yield tag

    def tag_kinds(self) -> tuple[str, ...]:
        """The kinds of tags that this export's files give."""
        kinds = [kind for noun, (kind, _, _) in TAG_FILES.items() if self.has(noun)]
        return (*kinds, *(["riasec"] if self.has("referentiel_code_rome_riasec") else []), "context")

    def naf_links(self) -> Tuples:
        """(division, label, rome)."""
        columns = ("code_secteur_naf", "libelle_secteur_naf", "code_rome")
        seen: set[tuple[str, str]] = set()
        for file, line, (division, label, rome) in self._rows("arborescence_secteur_naf", columns):
            self._known(file, line, rome)
            if not _DIVISION.match(division):
                file.fail(line, f"« {division[:20]} » n’est pas une division NAF.")
            _once(file, line, (division, rome), seen)
            yield division.zfill(2), _label(file, line, label), rome

    def _tree_tags(self) -> Iterator[tuple[str, str, str, str]]:
        for noun, (kind, code_column, label_column) in TAG_FILES.items():
            if self.has(noun):
                for file, line, (code, label, rome) in self._rows(
                    noun, (code_column, label_column, "code_rome")
                ):
                    self._known(file, line, rome)
                    if not code:
                        file.fail(line, f"la colonne « {code_column} » est vide.")
                    yield kind, code, rome, _label(file, line, label)

    def _riasec_tags(self) -> Iterator[tuple[str, str, str, str]]:
        if not self.has("referentiel_code_rome_riasec"):
            return
        columns = ("code_rome", "riasec_majeur", "riasec_mineur")
        for file, line, (rome, *letters) in self._rows("referentiel_code_rome_riasec", columns):
            self._known(file, line, rome)
            for letter, rank in zip(letters, ("majeur", "mineur"), strict=True):
                if letter not in {*RIASEC, ""}:
                    file.fail(line, f"« {letter[:20]} » n’est pas un type RIASEC.")
                if letter:
                    yield "riasec", letter, rome, f"{RIASEC[letter]} ({rank})"

    def _read_occupations(self) -> None:
        for file, line, (code, label, parent) in self._rows(
            "referentiel_code_rome", ("code_rome", "libelle_rome"), ("code_rome_parent",)
        ):
            if not _ROME.match(code):
                file.fail(
                    line, f"« {code[:20]} » n’est pas un code ROME (une lettre de A à N, quatre chiffres)."
                )
            _once(file, line, code, self._labels)
            self._labels[code] = (_label(file, line, label), parent or None)
        if not self._labels:
            self._files["referentiel_code_rome"].fail(0, "aucun métier dans ce fichier.")

    def _macros(self) -> set[str]:
        rows = self._files["referentiel_competence"].rows(("code_ogr", "nature"))
        return {ogr for _, (ogr, nature) in rows if _is_macro(nature)}

    def _rows(
        self, noun: str, required: Sequence[str], optional: Sequence[str] = ()
    ) -> Iterator[tuple[CsvFile, int, list[str]]]:
        file = self._files[noun]
        for line, values in file.rows(required, optional):
            self.read += 1
            yield file, line, values

    def _known(self, file: CsvFile, line: int, rome: str) -> None:
        if rome not in self._labels:
            file.fail(line, f"le code ROME « {rome[:20]} » n’est pas dans unix_referentiel_code_rome.")

    def _skill(self, file: CsvFile, line: int, ogr: str) -> None:
        _ogr(file, line, ogr)
        _once(file, line, ogr, self._skills)


def _files(name: str, sources: Sequence[SourceFile]) -> tuple[str, dict[str, CsvFile]]:
    """The version and the files of interest, by noun; raises `BadFileError`."""
    version, found = "", dict[str, SourceFile]()
    for source in sources:
        match = _NAME.match(source.name.lower())
        if not match:
            continue
        noun, its_version = match.groups()
        if int(its_version) < MIN_VERSION:
            raise BadFileError(source.name, 0, "cette version précède ROME 4.0 : prenez un export récent.")
        if version and its_version != version:
            reason = (
                f"deux versions sont mêlées ({version} et {its_version}) : gardez les fichiers d’une seule."
            )
            raise BadFileError(source.name, 0, reason)
        if noun in found:
            raise BadFileError(source.name, 0, "ce fichier est là deux fois, dans deux dossiers.")
        version, found[noun] = its_version, source
    missing = [f"unix_{noun}_v{version or 'NNN'}_utf8.csv" for noun in REQUIRED if noun not in found]
    if missing:
        raise BadFileError(name, 0, f"il manque {', '.join(missing)}.")
    return version, {noun: read_csv(found[noun]) for noun in (*REQUIRED, *OPTIONAL) if noun in found}


def _once(file: CsvFile, line: int, key: Any, seen: Any) -> None:  # noqa: ANN401 - any hashable
    if key in seen:
        shown = " ".join(map(str, key)) if isinstance(key, tuple) else key
        file.fail(line, f"{shown} est là deux fois.")
    if isinstance(seen, set):
        seen.add(key)


def _ogr(file: CsvFile, line: int, code: str) -> None:
    if not _OGR.match(code):
        file.fail(line, f"« {code[:20]} » n’est pas un code OGR (des chiffres).")


def _label(file: CsvFile, line: int, label: str) -> str:
    cleaned = clean_line(label)
    if not 0 < len(cleaned) <= MAX_LABEL:
        file.fail(line, f"libellé vide ou de plus de {MAX_LABEL} caractères.")
    return cleaned


def _rank(file: CsvFile, line: int, value: str) -> int:
    if (
        not (value.isascii() and value.isdigit() and len(value) <= len(str(MAX_RANK)))
        or int(value) > MAX_RANK
    ):
        file.fail(line, f"« {value[:20]} » n’est pas un rang.")
    return int(value)


def _kind(file: CsvFile, line: int, category: str) -> str:
    folded = fold(category)
    if folded.startswith("savoir faire"):
        return "savoir_faire"
    if folded.startswith("savoir etre"):
        return "savoir_etre"
    return file.fail(line, f"catégorie de compétence inconnue : « {category[:50]} ».")


def _is_macro(nature: str) -> bool:
    return fold(nature).startswith("macro")
