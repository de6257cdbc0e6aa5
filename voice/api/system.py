"""Routes about the server itself: /health and /metrics."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST

from voice.metrics import Metrics
from voice.parts import Part, Parts
from voice.version import VERSION


def system_routes(parts: Parts, metrics: Metrics, broker: Callable[[], dict[str, Any]] | None = None) -> APIRouter:
    """Routes that answer at once, whatever the engines are doing. broker: its state, where one is used."""
    router = APIRouter(tags=["system"])

    @router.get("/health")
    async def health(request: Request) -> dict[str, Any]:
        """The server answers, therefore it is healthy; `engines` says what it can do.

        Notes name folders and addresses of this machine: whoever needs a token for the rest needs one for them.
        """
        return {
            "status": "healthy",
            "model_loaded": parts.speaking.state == "ready",
            "version": VERSION,
            "engines": {
                name: {"state": part.state} | (_details(part) if request.state.is_known else {})
                for name, part in parts.named()
            },
        } | ({"broker": broker()} if broker and request.state.is_known else {})

    @router.get("/metrics")
    async def metrics_page() -> Response:
        """Counters and histograms in Prometheus' text form."""
        return Response(metrics.page(), media_type=CONTENT_TYPE_LATEST)

    return router


def _details(part: Part) -> dict[str, Any]:
    engine = part.engine.name if part.engine else None
    return {"engine": engine, "note": part.note[0], "note_zh": part.note[1]}
