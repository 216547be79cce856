"""What seals and keeps documents, opened as the settings say."""

from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from clients.seal import DocumentSeal
from clients.seal_keys import SealKey, TimeSource, certificates_of, developers_key, key_of_pem, key_of_pkcs12
from clients.storage import FolderStorage, Storage
from clients.storage_s3 import S3Storage, bucket_of
from settings import Settings


def document_seal(settings: Settings) -> DocumentSeal:
    """The seal of the service; raises `ValueError` naming the setting that cannot be read."""
    time = None
    if settings.timestamp_url:
        trusted = certificates_of(settings.timestamp_trusted, "TIMESTAMP_TRUSTED")
        time = TimeSource(settings.timestamp_url, trusted)
    return DocumentSeal(_key(settings), certificates_of(settings.seal_former, "SEAL_FORMER"), time)


def _key(settings: Settings) -> SealKey:
    if settings.seal_pem:
        return key_of_pem(settings.seal_pem)
    if settings.seal_pkcs12:
        return key_of_pkcs12(settings.seal_pkcs12, settings.seal_pkcs12_password)
    return developers_key(settings.secret_key)


def document_storage(url: str) -> Storage:
    """The storage that a `STORAGE_URL` names, which `settings` checked; nothing is opened yet."""
    if urlsplit(url).scheme == "s3":
        return S3Storage(bucket_of(url))
    return FolderStorage(Path(url2pathname(urlsplit(url).path)))
