"""The web client: the page at / for browsers, information there for programs, and the page's parts below /web/."""

from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, JSONResponse, Response

from voice.api.errors import ApiError
from voice.version import VERSION

BUNDLE = Path(__file__).resolve().parents[2] / "clients" / "web" / "dist"
MEDIA_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
}
TRAINING_SERVICE = {
    "message": "GPT-SoVITS 基于角色的训练服务API",
    "docs_url": "/docs",
    "features": ["角色管理", "音频处理", "模型训练", "语音推理"],
}
"""What clients of the original training service look for; the version is ours."""
SECURITY = {
    # Everything the page needs comes from here; whatever a model writes can load nothing and send nothing elsewhere.
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none'; base-uri 'none';"
        " form-action 'none'; frame-ancestors 'none'"
    ),
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def page_routes(bundle: Path = BUNDLE) -> APIRouter:
    """Needs no token: what is served is the same in every installation."""
    router = APIRouter(tags=["page"], include_in_schema=False)
    parts = {file.relative_to(bundle).as_posix(): file for file in bundle.rglob("*") if file.is_file()}

    @router.get("/")
    async def root(request: Request) -> Response:
        """The page, or for a program what this is and where to go from here."""
        wants_page = "text/html" in request.headers.get("accept", "")
        answer = _part(parts["index.html"]) if wants_page and "index.html" in parts else JSONResponse(_information())
        answer.headers["Vary"] = "Accept"
        return answer

    @router.get("/web/{name:path}")
    async def part(name: str) -> Response:
        """One file of the bundle; only names that were there at the start are known."""
        if name not in parts:
            raise ApiError(404, "The page has no such part.")
        return _part(parts[name])

    return router


def _part(file: Path) -> Response:
    media_type = MEDIA_TYPES.get(file.suffix, "application/octet-stream")
    # A browser asks each time whether it has changed; that costs nothing here and spares every version mix-up.
    return FileResponse(file, media_type=media_type, headers={"Cache-Control": "no-cache", **SECURITY})


def _information() -> dict[str, Any]:
    return {
        "name": "Yinliu 音流",
        "version": VERSION,
        **TRAINING_SERVICE,
        "routes": {
            "GET / in a browser": "a page to talk",
            "POST /api/asr": "speech to text",
            "POST /api/chat": "a spoken answer, streamed",
            "GET /api/choices": "characters, voices and models to choose from",
            "GET /health": "the state of each engine",
            "GET /docs": "every route",
        },
    }
