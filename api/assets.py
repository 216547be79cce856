"""Static files, read and compressed once at start: ours, and those npm brought.

Each is served under a name that carries its content's hash, so that browsers keep it for a year and
never show an old one. Only the files listed here leave `node_modules`.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from litestar import MediaType, Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath

from domain.errors import NotFoundError
from settings import ROOT

STATIC = ROOT / "api" / "static"
VENDOR = {
    "vendor/bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    "vendor/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "vendor/leaflet.css": "leaflet/dist/leaflet.css",
    "vendor/leaflet.js": "leaflet/dist/leaflet.js",
}
_YEAR = "public, max-age=31536000, immutable"
_HOUR = "public, max-age=3600"
_HASH_LENGTH = 10
_TEXT = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".txt": MediaType.TEXT}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file in memory, as it is and gzipped."""

    body: bytes
    gzipped: bytes
    media_type: str
    digest: str


class Assets:
    """The static files of the process, by path under `/static/`."""

    def __init__(self, static: Path = STATIC, modules: Path = ROOT / "node_modules") -> None:
        paths = {path.relative_to(static).as_posix(): path for path in static.rglob("*") if path.is_file()}
        paths |= {name: modules / source for name, source in VENDOR.items()}
        self.files = {name: _read(path) for name, path in sorted(paths.items()) if path.is_file()}

    def url(self, name: str) -> str:
        """The address of a file with its hash; the bare address when npm's packages are not there."""
        asset = self.files.get(name)
        return f"/static/{name}" if asset is None else f"/static/{name}?v={asset.digest}"


def _read(path: Path) -> Asset:
    body = path.read_bytes()
    suffix = path.suffix.lower()
    media_type = _TEXT.get(suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    digest = hashlib.sha256(body).hexdigest()[:_HASH_LENGTH]
    return Asset(body, gzip.compress(body, 9, mtime=0), str(media_type), digest)


@get("/static/{name:path}", include_in_schema=False, opt={"precompressed": True})
async def static_file(
    name: FromPath[str], request: Request[object, object, State], assets: NamedDependency[Assets]
) -> Response[bytes]:
    """One static file; 304 when the browser has it, kept a year when asked under its hash."""
    asset = assets.files.get(name.lstrip("/"))
    if asset is None:
        raise NotFoundError("Ce fichier n’existe pas.")
    etag = f'"{asset.digest}"'
    headers = {
        "ETag": etag,
        "Cache-Control": _YEAR if request.query_params.get("v") == asset.digest else _HOUR,
        "Vary": "Accept-Encoding",
    }
    if request.headers.get("if-none-match") == etag:
        return Response(b"", status_code=304, headers=headers, media_type=asset.media_type)
    if "gzip" in request.headers.get("accept-encoding", "") and len(asset.gzipped) < len(asset.body):
        headers["Content-Encoding"] = "gzip"
        return Response(asset.gzipped, headers=headers, media_type=asset.media_type)
    return Response(asset.body, headers=headers, media_type=asset.media_type)
