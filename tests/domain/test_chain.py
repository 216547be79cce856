"""The chain of a convention's story: any change of any line is found, erasing words breaks nothing."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.chain import SALT_BYTES, START, ChainKeys, Entry, breaks, canonical, hash_told, seal

KEYS = ChainKeys("", "a-secret-of-the-tests")
CONVENTION = UUID("00000000-0000-4000-8000-000000000001")
BEGIN = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
FACTS = st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5) | st.booleans(), max_size=3)
TOLD = st.none() | st.dictionaries(st.text(max_size=5), st.text(max_size=5), min_size=1, max_size=3)
Lines = list[tuple[str, dict[str, object], dict[str, str] | None]]
LINES = st.lists(st.tuples(st.text(min_size=1, max_size=8), FACTS, TOLD), min_size=1, max_size=6)


def chained(lines: Sequence[tuple[str, dict[str, object], dict[str, str] | None]]) -> list[Entry]:
    """The lines sealed one after the other, as the service does."""
    found: list[Entry] = []
    for number, (kind, facts, told) in enumerate(lines, 1):
        salt = number.to_bytes(SALT_BYTES) if told is not None else None
        entry = Entry(
            convention=CONVENTION,
            number=number,
            at=BEGIN + timedelta(minutes=number),
            kind=kind,
            version=1,
            facts=facts,
            told=told,
            salt=salt,
            told_hash=hash_told(told, salt) if told is not None and salt is not None else START,
            key=KEYS.first,
        )
        before = found[-1].mac if found else START
        found.append(replace(entry, mac=seal(entry, before, KEYS.by_id[KEYS.first])))
    return found


def broken(entries: Sequence[Entry], head: bytes) -> list[int]:
    return [one.number for one in breaks(entries, head, KEYS.by_id)]


@given(LINES)
def test_a_chain_left_alone_is_whole(
    lines: Lines,
) -> None:
    entries = chained(lines)
    assert broken(entries, entries[-1].mac) == []
    erased = [replace(one, told=None, salt=None) for one in entries]
    assert broken(erased, entries[-1].mac) == []


@given(LINES, st.data())
def test_any_change_of_any_line_is_found(lines: Lines, data: st.DataObject) -> None:
    entries = chained(lines)
    at = data.draw(st.integers(0, len(entries) - 1))
    one = entries[at]
    changed = {
        "convention": uuid4(),
        "number": one.number + data.draw(st.sampled_from((-1, 1, 5))),
        "at": one.at + timedelta(microseconds=data.draw(st.integers(1, 10**9))),
        "kind": one.kind + "x",
        "version": one.version + 1,
        "facts": {**one.facts, "autre fait": 1},
        "told_hash": secrets.token_bytes(32),
        "key": "inconnue",
        "mac": secrets.token_bytes(32),
    }
    if one.told is not None:
        changed |= {"told": {**one.told, "autre mot": "x"}, "salt": secrets.token_bytes(SALT_BYTES)}
    name = data.draw(st.sampled_from(sorted(changed)))
    rewritten = [*entries[:at], replace(one, **{name: changed[name]}), *entries[at + 1 :]]  # type: ignore[arg-type]
    assert broken(rewritten, entries[-1].mac)


@given(LINES, st.data())
def test_a_line_removed_added_or_moved_is_found(lines: Lines, data: st.DataObject) -> None:
    entries = chained(lines)
    at = data.draw(st.integers(0, len(entries) - 1))
    assert broken([*entries[:at], *entries[at + 1 :]], entries[-1].mac)
    assert broken([*entries[: at + 1], *entries[at:]], entries[-1].mac)
    if at:
        swapped = [*entries[: at - 1], entries[at], entries[at - 1], *entries[at + 1 :]]
        assert broken(swapped, entries[-1].mac)


def test_each_fault_names_its_line_in_french() -> None:
    entries = chained(
        [("started", {}, None), ("signed", {"as": "company"}, {"name": "Zoé"}), ("sealed", {}, None)]
    )
    head = entries[-1].mac
    renamed = replace(entries[1], told={"name": "Zoë"})
    (fault,) = breaks([entries[0], renamed, entries[2]], head, KEYS.by_id)
    assert (fault.number, fault.why) == (
        2,
        "Les noms ou les coordonnées de cette ligne ont été changés après coup.",
    )
    (fault,) = breaks(entries[:2], head, KEYS.by_id)
    assert (fault.number, "manque" in fault.why) == (3, True)
    (fault,) = breaks(entries, head, {"autre": KEYS.by_id[KEYS.first]})[:1]
    assert "clé" in fault.why


def test_keys_turn_and_the_old_ones_still_verify() -> None:
    old, new = (base64.urlsafe_b64encode(secrets.token_bytes(32)).decode() for _ in range(2))
    before, after = ChainKeys(old, ""), ChainKeys(f"{new}, {old}", "")
    assert after.first != before.first
    assert set(before.by_id) < set(after.by_id)
    assert ChainKeys("", "un secret").first != ChainKeys("", "un autre").first


@pytest.mark.parametrize("value", [{"b": 1, "a": {"d": "é", "c": [1, 2]}}])
def test_a_value_is_written_one_way(value: dict[str, object]) -> None:
    again = dict(reversed(list(value.items())))
    assert canonical(value) == canonical(again) == '{"a":{"c":[1,2],"d":"é"},"b":1}'.encode()
