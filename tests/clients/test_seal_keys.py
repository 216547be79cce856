"""Where the key of the seal comes from, and what is refused."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID

from clients.documents import document_seal
from clients.seal import DocumentSeal
from clients.seal_keys import (
    SealKey,
    certificates_of,
    developers_key,
    fingerprint,
    key_of_pem,
    key_of_pkcs12,
    new_seal_key,
)
from settings import Settings, SettingsError
from tests.clients.pages import NOW, page

KEY = new_seal_key("Cachet technique", NOW, 10)


LONG = x509.Name([x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, f"{at:é>64}") for at in range(9)])
"""The name of an authority that tells everything about itself: three times as long as they are."""


def issued(
    private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, issuer: x509.Name | None = None
) -> SealKey:
    """A certificate issued by an authority, as a provider sells it."""
    authority = new_seal_key("Autorité", NOW, 10)
    whose = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Structure")])
    builder = x509.CertificateBuilder().subject_name(whose)
    builder = builder.issuer_name(issuer or authority.certificate.subject)
    builder = builder.public_key(private.public_key()).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(NOW).not_valid_after(NOW + timedelta(days=700))
    return SealKey(private, builder.sign(authority.private, hashes.SHA256()), (authority.certificate,))


def qualified() -> SealKey:
    return issued(rsa.generate_private_key(65537, 2048))


@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP521R1(), None], ids=["p256", "p521", "rsa"])
async def test_any_key_of_any_authority_has_room_to_seal(
    curve: ec.EllipticCurve | None, tmp_path: Path
) -> None:
    private = ec.generate_private_key(curve) if curve else rsa.generate_private_key(65537, 4096)
    sealing = DocumentSeal(issued(private, LONG))
    sealed = await sealing.seal(await page(tmp_path), NOW)
    assert (await sealing.verify(sealed.whole)).valid


def test_a_new_key() -> None:
    certificate = KEY.certificate
    assert isinstance(KEY.private, ec.EllipticCurvePrivateKey)
    assert isinstance(KEY.private.curve, ec.SECP256R1)
    assert certificate.not_valid_before_utc == NOW
    assert certificate.not_valid_after_utc.year == 2036
    assert certificate.extensions.get_extension_for_class(x509.KeyUsage).value.content_commitment
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert new_seal_key("Cachet technique", NOW, 10).certificate != certificate


def test_a_developers_key_is_the_same_in_every_process() -> None:
    one, same, other = developers_key("s" * 32), developers_key("s" * 32), developers_key("t" * 32)
    assert one.certificate == same.certificate
    assert one.certificate != other.certificate
    assert "sans valeur" in one.certificate.subject.rfc4514_string()


def test_pem_as_text_on_one_line_or_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "seal.pem"
    file.write_text(KEY.pem())
    for given in (KEY.pem(), KEY.pem().replace("\n", "\\n"), str(file)):
        assert key_of_pem(given).certificate == KEY.certificate
    chained = qualified()
    assert key_of_pem(chained.pem()).chain == chained.chain


def test_what_is_no_key() -> None:
    other = new_seal_key("Cachet technique", NOW, 10)
    certificate = KEY.certificate.public_bytes(Encoding.PEM).decode()
    for given in (
        certificate,
        "-----BEGIN nothing",
        KEY.pem().split("-----BEGIN CERTIFICATE")[0],
        "/absent.pem",
    ):
        with pytest.raises(ValueError, match="SEAL_PEM"):
            key_of_pem(given)
    with pytest.raises(ValueError, match="SEAL_PEM"):
        key_of_pem(other.pem().split("-----BEGIN CERTIFICATE")[0] + certificate)


async def test_a_qualified_certificate_in_pkcs12(tmp_path: Path) -> None:
    key = qualified()
    assert isinstance(key.private, rsa.RSAPrivateKey)
    file = tmp_path / "seal.p12"
    password = BestAvailableEncryption(b"mot de passe")
    file.write_bytes(
        pkcs12.serialize_key_and_certificates(b"seal", key.private, key.certificate, key.chain, password)
    )
    settings = Settings(seal_pkcs12=str(file), seal_pkcs12_password="mot de passe")
    seal = document_seal(settings)
    sealed = await seal.seal(await page(tmp_path), NOW)
    assert sealed.certificate == fingerprint(key.certificate)
    assert (await seal.verify(sealed.whole)).valid
    for path, word in ((file, "autre"), (tmp_path / "absent.p12", "")):
        with pytest.raises(ValueError, match="SEAL_PKCS12"):
            key_of_pkcs12(str(path), word)


async def test_the_settings_make_the_seal(tmp_path: Path) -> None:
    pdf = await page(tmp_path)
    developer = document_seal(Settings(secret_key="k" * 32))
    sealed = await developer.seal(pdf, NOW)
    former = developers_key("k" * 32).certificate.public_bytes(Encoding.PEM).decode()
    now = document_seal(Settings(seal_pem=KEY.pem(), seal_former=former))
    assert (await now.verify(sealed.whole)).valid
    assert (await now.seal(pdf, NOW)).certificate == fingerprint(KEY.certificate)
    assert not (await DocumentSeal(KEY).verify(sealed.whole)).valid


def test_certificates_given_for_trust(tmp_path: Path) -> None:
    pem = KEY.certificate.public_bytes(Encoding.PEM).decode()
    file = tmp_path / "former.pem"
    file.write_text(pem + pem)
    assert certificates_of("", "SEAL_FORMER") == ()
    assert certificates_of(str(file), "SEAL_FORMER") == (KEY.certificate, KEY.certificate)
    for given in ("/absent.pem", "-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----"):
        with pytest.raises(ValueError, match="TIMESTAMP_TRUSTED"):
            certificates_of(given, "TIMESTAMP_TRUSTED")


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"SEAL_PEM": "a", "SEAL_PKCS12": "b"}, "SEAL_PKCS12"),
        ({"TIMESTAMP_URL": "http://x"}, "TIMESTAMP_TRUSTED"),
        ({"TIMESTAMP_TRUSTED": "x.pem"}, "TIMESTAMP_URL"),
        ({"STORAGE_URL": "s3://key@host/bucket"}, "STORAGE_URL"),
        ({"STORAGE_URL": "s3://key:geheim@host"}, "STORAGE_URL"),
        ({"STORAGE_URL": "s3://key:geheim@host:port/bucket"}, "STORAGE_URL"),
        ({"STORAGE_URL": "ftp://key:geheim@host/bucket"}, "STORAGE_URL"),
        ({"STORAGE_URL": "file://host/folder"}, "STORAGE_URL"),
        ({"STORAGE_URL": "folder"}, "STORAGE_URL"),
    ],
)
def test_settings_that_do_not_go_together(given: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named) as refused:
        Settings.from_env(given)
    assert "geheim" not in str(refused.value)


def test_production_demands_its_own_seal_and_place() -> None:
    production = {
        "ENVIRONMENT": "production",
        "SECRET_KEY": "s" * 32,
        "ENCRYPTION_KEYS": f"{'k' * 43}=",
        "CHAIN_KEYS": f"{'c' * 43}=",
        "DATABASE_URL": "postgresql://x",
        "VALKEY_URL": "redis://x",
    }
    with pytest.raises(SettingsError, match="SEAL_PEM"):
        Settings.from_env(production)
    with pytest.raises(SettingsError, match="STORAGE_URL"):
        Settings.from_env({**production, "SEAL_PKCS12": "/seal.p12"})
    Settings.from_env({**production, "SEAL_PKCS12": "/seal.p12", "STORAGE_URL": "file:///documents"})
