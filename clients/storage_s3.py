"""Files in a bucket of an S3-compatible service (obstore: AWS Signature Version 4, path style)."""

from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import parse_qs, unquote, urlsplit

from obstore.exceptions import BaseError
from obstore.store import S3Store

from clients.storage import MAX_STORED_BYTES, NOT_NOW, LostFileError, checked, key_of, place_of
from domain.errors import UnavailableError

_REQUEST = timedelta(seconds=10)
_CONNECTION = timedelta(seconds=3)
_WHOLE = timedelta(seconds=25)
_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Where the files are, and with what to enter. The secret is in no representation of it."""

    endpoint: str
    name: str
    prefix: str
    region: str
    key: str
    secret: str = field(repr=False)


def bucket_of(url: str) -> Bucket:
    """Read `s3://key:secret@host[:port]/bucket[/prefix][?region=…][&tls=0]`, its parts percent-encoded."""
    parts = urlsplit(url)
    options = parse_qs(parts.query)
    name, _, prefix = parts.path.strip("/").partition("/")
    scheme = "http" if options.get("tls") == ["0"] else "https"
    host = parts.netloc.rpartition("@")[2]
    return Bucket(
        endpoint=f"{scheme}://{host}",
        name=name,
        prefix=prefix,
        region=options.get("region", ["us-east-1"])[0],
        key=unquote(parts.username or ""),
        secret=unquote(parts.password or ""),
    )


class S3Storage:
    """A bucket. Each request has its time, and is tried again within it when the service fails."""

    def __init__(self, bucket: Bucket, tries: int = _TRIES) -> None:
        self._store = S3Store(
            bucket.name,
            prefix=bucket.prefix or None,
            config={
                "endpoint": bucket.endpoint,
                "region": bucket.region,
                "access_key_id": bucket.key,
                "secret_access_key": bucket.secret,
                "virtual_hosted_style_request": False,
                "disable_bulk_delete": True,
            },
            client_options={
                "allow_http": bucket.endpoint.startswith("http://"),
                "timeout": _REQUEST,
                "connect_timeout": _CONNECTION,
            },
            retry_config={"max_retries": tries - 1, "retry_timeout": _WHOLE},
        )

    async def put(self, content: bytes) -> str:
        """Keep a file."""
        key = key_of(content)
        try:
            await self._store.put_async(place_of(key), content, use_multipart=False)
        except BaseError as error:
            raise _unavailable(error) from None
        return key

    async def get(self, key: str) -> bytes:
        """The file of a key, checked."""
        try:
            answer = await self._store.get_async(place_of(key))
            if answer.meta["size"] > MAX_STORED_BYTES:
                raise LostFileError(f"{key}: the content changed")
            return checked(bytes(await answer.bytes_async()), key)
        except FileNotFoundError as error:
            raise LostFileError(f"{key}: not there") from error
        except BaseError as error:
            raise _unavailable(error) from None

    async def exists(self, key: str) -> bool:
        """Whether there is a file under that key."""
        try:
            await self._store.head_async(place_of(key))
        except FileNotFoundError:
            return False
        except BaseError as error:
            raise _unavailable(error) from None
        return True

    async def delete(self, key: str) -> None:
        """Remove a file."""
        try:
            await self._store.delete_async(place_of(key))
        except FileNotFoundError:
            return
        except BaseError as error:
            raise _unavailable(error) from None


def _unavailable(error: Exception) -> UnavailableError:
    """The kind of the error, not its text: that one quotes requests and answers."""
    unavailable = UnavailableError(NOT_NOW, retry_after_s=60)
    unavailable.add_note(type(error).__name__)
    return unavailable
