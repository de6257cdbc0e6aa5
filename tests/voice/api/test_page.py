"""The page and its parts: for browsers at /, without a token, and nothing beside the bundle."""

from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from tests.support.live_server import app_with, live_server
from voice.api.errors import install_error_handlers
from voice.api.page import page_routes

BROWSER = {"Accept": "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"}


@pytest.fixture
def served(tmp_path: Path):
    bundle = tmp_path / "dist"
    bundle.mkdir()
    (bundle / "index.html").write_text("<!doctype html><title>音流</title>", encoding="utf-8")
    (bundle / "app.js").write_text("export {}", encoding="utf-8")
    (bundle / "silero.safetensors").write_bytes(b"\x00\x01")
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    app = FastAPI()
    install_error_handlers(app)
    app.include_router(page_routes(bundle))
    with live_server(app) as url:
        yield url


def test_a_browser_gets_the_page_and_a_program_information(served: str):
    page = httpx.get(served, headers=BROWSER)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "音流" in page.text
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    information = httpx.get(served)
    assert information.json()["name"] == "Yinliu 音流"
    assert page.headers["vary"] == information.headers["vary"] == "Accept"


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("app.js", "text/javascript; charset=utf-8"), ("silero.safetensors", "application/octet-stream")],
)
def test_parts_have_their_types_and_are_asked_for_again_only_when_changed(served: str, name: str, media_type: str):
    part = httpx.get(f"{served}/web/{name}")
    assert part.headers["content-type"] == media_type
    assert part.headers["cache-control"] == "no-cache"
    assert part.headers["x-content-type-options"] == "nosniff"
    assert part.headers["etag"]


@pytest.mark.parametrize("name", ["../secret.txt", "%2e%2e/secret.txt", "..%2fsecret.txt", "/etc/passwd", "", "x.js"])
def test_nothing_else_is_served(served: str, name: str):
    answer = httpx.get(f"{served}/web/{name}")
    assert answer.status_code == 404
    assert "secret" not in answer.text


def test_without_a_bundle_a_browser_gets_information(tmp_path: Path):
    app = FastAPI()
    app.include_router(page_routes(tmp_path / "nothing"))
    with live_server(app) as url:
        assert httpx.get(url, headers=BROWSER).json()["name"] == "Yinliu 音流"


def test_the_page_opens_without_the_token_that_its_calls_will_need():
    with live_server(app_with(token="s3cret")) as url:
        assert httpx.get(url, headers=BROWSER).status_code == 200
        assert httpx.get(url + "/web/missing.js").status_code == 404
        assert httpx.get(url + "/api/choices").status_code == 401
