"""An S3-compatible service of one bucket: it checks the signature of each request (AWS Signature Version 4).

Written from the published algorithm, not from the client's code.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import unquote

from tests.clients.raw_server import Asked, Reply

ACCESS, SECRET, REGION, BUCKET = "AKIDEXAMPLE", "gehe/im+%@:", "fr-par", "documents"
_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/s3/aws4_request, ?"
    r"SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})"
)


def _mac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def signature(asked: Asked, day: str, region: str, signed: str) -> str:
    """What the owner of the secret would have written."""
    path, _, query = asked.target.partition("?")
    headers = "".join(f"{name}:{' '.join(asked.headers[name].split())}\n" for name in signed.split(";"))
    body = asked.headers["x-amz-content-sha256"]
    canonical = "\n".join((asked.method, path, "&".join(sorted(query.split("&"))), headers, signed, body))
    scope = f"{day}/{region}/s3/aws4_request"
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    to_sign = f"AWS4-HMAC-SHA256\n{asked.headers['x-amz-date']}\n{scope}\n{hashed}"
    key = _mac(_mac(_mac(_mac(b"AWS4" + SECRET.encode(), day), region), "s3"), "aws4_request")
    return _mac(key, to_sign).hex()


@dataclass(slots=True)
class Bucket:
    """What is kept, what was asked, and the failures to come: each serves once."""

    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    failures: list[Reply] = field(default_factory=list)
    refused: int = 0

    def answer(self, asked: Asked) -> Reply:
        """What S3 answers."""
        self.asked.append(asked)
        if self.failures:
            return self.failures.pop(0)
        if not self._signed(asked):
            self.refused += 1
            return Reply(403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>")
        return self._done(asked)

    def _done(self, asked: Asked) -> Reply:
        path = unquote(asked.target.partition("?")[0])
        bucket, _, name = path.removeprefix("/").partition("/")
        if bucket != BUCKET:
            return Reply(404, b"<Error><Code>NoSuchBucket</Code></Error>")
        if asked.method == "PUT":
            self.files[name] = asked.body
            return Reply(200, headers={"ETag": '"1"'})
        if asked.method == "DELETE":
            self.files.pop(name, None)
            return Reply(204)
        if name not in self.files:
            return Reply(404, b"<Error><Code>NoSuchKey</Code></Error>")
        modified = format_datetime(datetime(2026, 11, 21, tzinfo=UTC), usegmt=True)
        return Reply(200, self.files[name], {"ETag": '"1"', "Last-Modified": modified})

    def _signed(self, asked: Asked) -> bool:
        read = _AUTHORIZATION.fullmatch(asked.headers.get("authorization", ""))
        if not read or (read[1], read[3]) != (ACCESS, REGION):
            return False
        if hashlib.sha256(asked.body).hexdigest() != asked.headers["x-amz-content-sha256"]:
            return False
        if {"host", "x-amz-date", "x-amz-content-sha256"} - set(read[4].split(";")):
            return False
        return hmac.compare_digest(signature(asked, read[2], read[3], read[4]), read[5])
