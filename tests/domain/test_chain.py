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

from domain.chain import (
    END_SEALED,
    SALT_BYTES,
    START,
    ChainKeys,
    Entry,
    Head,
    breaks,
    canonical,
    hash_told,
    seal,
    seal_end,
)

KEYS = ChainKeys("", "a-secret-of-the-tests")
CONVENTION = UUID("00000000-0000-4000-8000-000000000001")
BEGIN = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
FACTS = st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5) | st.booleans(), max_size=3)
TOLD = st.none() | st.dictionaries(st.text(max_size=5), st.text(max_size=5), min_size=1, max_size=3)
Lines = list[tuple[str, dict[str, object], dict[str, str] | None]]
LINES = st.lists(st.tuples(st.text(min_size=1, max_size=8), FACTS, TOLD), min_size=1, max_size=6)


def chained(lines: Lines, old: int = 0) -> list[Entry]:
    """The lines sealed one after the other, as the service does; the first `old` when it sealed no end."""
    found: list[Entry] = []
    for number, (kind, facts, told) in enumerate(lines, 1):
        salt = number.to_bytes(SALT_BYTES) if told is not None else None
        entry = Entry(
            convention=CONVENTION,
            number=number,
            at=BEGIN + timedelta(minutes=number),
            kind=kind,
            version=1,
            facts=facts if number <= old else {**facts, **END_SEALED},
            told=told,
            salt=salt,
            told_hash=hash_told(told, salt) if told is not None and salt is not None else START,
            key=KEYS.first,
        )
        before = found[-1].mac if found else START
        found.append(replace(entry, mac=seal(entry, before, KEYS.by_id[KEYS.first])))
    return found


def head_of(entries: Sequence[Entry]) -> Head:
    """What the convention keeps once that story is written."""
    return Head(entries[-1].mac, seal_end(entries[-1], KEYS.by_id[KEYS.first]))


def broken(entries: Sequence[Entry], head: Head) -> list[int]:
    return [one.number for one in breaks(entries, head, KEYS.by_id)]


@given(LINES)
def test_a_chain_left_alone_is_whole(
    lines: Lines,
) -> None:
    entries = chained(lines)
    assert broken(entries, head_of(entries)) == []
    erased = [replace(one, told=None, salt=None) for one in entries]
    assert broken(erased, head_of(entries)) == []


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
    assert broken(rewritten, head_of(entries))


@given(LINES, st.data())
def test_a_line_removed_added_or_moved_is_found(lines: Lines, data: st.DataObject) -> None:
    entries = chained(lines)
    at = data.draw(st.integers(0, len(entries) - 1))
    assert broken([*entries[:at], *entries[at + 1 :]], head_of(entries))
    assert broken([*entries[: at + 1], *entries[at:]], head_of(entries))
    if at:
        swapped = [*entries[: at - 1], entries[at], entries[at - 1], *entries[at + 1 :]]
        assert broken(swapped, head_of(entries))


THREE: Lines = [("started", {}, None), ("signed", {}, None), ("cancelled", {}, None)]


def test_lines_cut_off_the_end_are_found_whatever_else_is_put_back() -> None:
    entries = chained(THREE)
    left, key = entries[:2], KEYS.by_id[KEYS.first]
    for end in (head_of(entries).end, left[-1].mac, None, seal_end(left[-1], secrets.token_bytes(32))):
        assert broken(left, Head(left[-1].mac, end)) == [3]
    other = replace(left[-1], convention=uuid4())
    assert broken(left, Head(left[-1].mac, seal_end(other, key))) == [3]


def test_stories_written_before_ends_were_sealed_stay_whole() -> None:
    entries = chained(THREE, old=3)
    assert broken(entries, Head(entries[-1].mac, None)) == []
    assert broken(entries, Head(entries[-1].mac, bytes(32))) == [4]
    upgraded = chained(THREE, old=2)
    assert broken(upgraded, head_of(upgraded)) == []
    assert broken(upgraded, Head(upgraded[-1].mac, None)) == [4]


def test_the_former_code_may_continue_a_story_while_both_serve() -> None:
    """It changes the seal of the last line, and leaves that of the end where it was."""
    entries, key = chained(THREE), KEYS.by_id[KEYS.first]
    end = head_of(entries[:1]).end
    for at in (1, 2):
        bare = replace(entries[at], facts={})
        entries[at] = replace(bare, mac=seal(bare, entries[at - 1].mac, key))
    assert broken(entries, Head(entries[-1].mac, end)) == []
    assert broken(entries, Head(entries[-1].mac, None)) == [4]


def test_each_fault_names_its_line_in_french() -> None:
    entries = chained(
        [("started", {}, None), ("signed", {"as": "company"}, {"name": "Zoé"}), ("sealed", {}, None)]
    )
    head = head_of(entries)
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
