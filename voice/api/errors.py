"""Errors as clients see them: a status, a sentence, and sometimes a code for programs."""

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

NOT_SNIFFED = {"X-Content-Type-Options": "nosniff"}
"""For files whose content somebody else has chosen."""

log = logging.getLogger("yinliu.api")


class ApiError(Exception):
    """Ends a request with a status and a sentence that its sender can act on; english: the same where it is Chinese."""

    def __init__(self, status: int, detail: Any, *, english: str = "", code: str = "", retry_after_s: int = 0):
        super().__init__(str(detail))
        self.status = status
        self.code = code
        extra = {"detail_en": english, "code": code}
        self.body = {"detail": detail} | {name: text for name, text in extra.items() if text}
        self.headers = {"Retry-After": str(retry_after_s)} if retry_after_s else {}


def install_error_handlers(app: FastAPI) -> None:
    """Answer every error as JSON, and the unexpected ones without a stack trace."""

    async def answer(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, ApiError)
        return JSONResponse(error.body, error.status, error.headers)

    async def answer_unexpected(request: Request, _: Exception) -> JSONResponse:
        log.error("%s %s failed unexpectedly.", request.method, request.url.path)
        return JSONResponse({"detail": "The server failed on this request; its log says more."}, 500)

    app.add_exception_handler(ApiError, answer)
    app.add_exception_handler(Exception, answer_unexpected)
