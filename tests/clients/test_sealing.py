"""Encryption at rest: what is sealed is not read without its keys, and keys rotate."""

import pytest

from clients.sealing import Sealer, new_key
from domain.errors import UnavailableError
from settings import Settings, SettingsError

OWNER, VALUE = "someone", {"rqth": True, "other": "un traitement à heure fixe"}


def test_sealed_then_opened() -> None:
    sealer = Sealer(new_key(), "")
    sealed = sealer.seal(OWNER, VALUE)
    assert b"rqth" not in sealed
    assert sealer.open(OWNER, sealed) == VALUE
    assert sealer.seal(OWNER, VALUE) != sealed


def test_neither_another_row_nor_another_key_nor_a_change_opens_it() -> None:
    sealer = Sealer(new_key(), "")
    sealed = sealer.seal(OWNER, VALUE)
    for opener, owner, token in (
        (sealer, "another", sealed),
        (Sealer(new_key(), ""), OWNER, sealed),
        (sealer, OWNER, sealed[:-4] + b"AAA="),
        (sealer, OWNER, b""),
    ):
        with pytest.raises(UnavailableError, match="écrivez-nous"):
            opener.open(owner, token)


def test_keys_rotate() -> None:
    old, new = new_key(), new_key()
    sealed = Sealer(old, "").seal(OWNER, VALUE)
    both = Sealer(f"{new}, {old}", "")
    assert both.open(OWNER, sealed) == VALUE
    renewed = both.renew(sealed)
    assert Sealer(new, "").open(OWNER, renewed) == VALUE
    with pytest.raises(UnavailableError):
        Sealer(new, "").renew(sealed)


def test_a_developer_needs_no_key() -> None:
    sealed = Sealer("", "s" * 32).seal(OWNER, VALUE)
    assert Sealer("", "s" * 32).open(OWNER, sealed) == VALUE
    with pytest.raises(UnavailableError):
        Sealer("", "t" * 32).open(OWNER, sealed)


PRODUCTION = {
    "ENVIRONMENT": "production",
    "SECRET_KEY": "s" * 32,
    "DATABASE_URL": "postgresql://x",
    "VALKEY_URL": "redis://x",
    "CHAIN_KEYS": f"{'c' * 43}=",
    "SEAL_PEM": "/keys/seal.pem",
    "STORAGE_URL": "file:///documents",
}


def test_production_demands_keys_that_are_keys() -> None:
    with pytest.raises(SettingsError, match="ENCRYPTION_KEYS"):
        Settings.from_env(PRODUCTION)
    with pytest.raises(SettingsError, match="ENCRYPTION_KEYS"):
        Settings.from_env({**PRODUCTION, "ENCRYPTION_KEYS": f"{new_key()},short"})
    keys = f"{new_key()},{new_key()}"
    assert Settings.from_env({**PRODUCTION, "ENCRYPTION_KEYS": keys}).encryption_keys == keys
