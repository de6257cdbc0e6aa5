"""What is committed below clients/web/dist: built from the sources beside it, complete, and naming nothing outside."""

import hashlib
import importlib.util
import json
import re
import runpy
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.web_build import ROOT, installed_copy, run

WEB = ROOT / "clients" / "web"
DIST = WEB / "dist"
NAMES = {"index.html", "app.js", "app.css", "worklet.js", "silero_vad_16k.safetensors", "LICENSES.txt", "manifest.json"}
ADDRESS = re.compile(r"https?://[\w.-]+[^\s\"'`)<>]*")
NAMESPACE = re.compile(r"http://www\.w3\.org/[\w/]+")
OURS = re.compile(r"https?://(localhost|127\.0\.0\.1)(:\d+)?")
PART = re.compile(r"""["']\./([\w-]+\.js)["']""")
"""What one part of the page loads of the others."""
LICENCES = re.compile(r"LICENSE", re.IGNORECASE)


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return installed_copy(tmp_path_factory.mktemp("web"))


@pytest.fixture(scope="module")
def manifest() -> dict[str, dict[str, str]]:
    return json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))


def test_the_page_was_built_from_these_sources(manifest: dict[str, Any]) -> None:
    assert not _unbuilt(WEB, manifest), "run `npm run build` in clients/web"


def test_the_page_is_as_it_was_built(manifest: dict[str, Any]) -> None:
    assert {f"dist/{name}" for name in _names(DIST)} == {*manifest["outputs"], "dist/manifest.json"}
    assert {name: _digest(WEB / name) for name in manifest["outputs"]} == manifest["outputs"]


def test_the_page_is_complete() -> None:
    assert set(_names(DIST)) >= NAMES
    page = (DIST / "index.html").read_text(encoding="utf-8")
    parts = re.findall(r'(?:src|href)="/?web/([^"]+)"', page)
    assert {"app.js", "app.css"} <= set(parts)
    assert all((DIST / part).is_file() for part in parts)
    asked = {part for file in DIST.glob("*.js") for part in PART.findall(file.read_text(encoding="utf-8"))}
    assert any(part.startswith("studio-") for part in asked), "the studio is a part of its own"
    assert all((DIST / part).is_file() for part in asked)
    licences = (DIST / "LICENSES.txt").read_text(encoding="utf-8")
    for part in ("Yinliu", "preact", "@preact/signals", "tus-js-client", "Silero"):
        assert part in licences
    assert licences.count("Permission is hereby granted") >= 4


@pytest.mark.parametrize("name", sorted(path.name for path in DIST.glob("*.*") if not LICENCES.search(path.name)))
def test_no_part_of_the_page_names_an_outside_address(name: str) -> None:
    text = (DIST / name).read_bytes().decode("utf-8", errors="replace")
    outside = [address for address in ADDRESS.findall(text) if not NAMESPACE.match(address) and not OURS.match(address)]
    assert not outside


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((WEB / "package-lock.json").read_text(encoding="utf-8"))
    packages = [package for name, package in lock["packages"].items() if name]
    assert packages
    for package in packages:
        assert "resolved" not in package
        assert package["integrity"].startswith("sha512-")


def test_the_weights_are_those_of_the_python_clients() -> None:
    if not importlib.util.find_spec("silero_vad"):
        pytest.skip("silero-vad is not installed")
    weights = runpy.run_path(str(WEB / "weights.py"))
    expected = weights["safetensors"](weights["onnx_file"]().read_bytes())
    assert (WEB / "static" / "silero_vad_16k.safetensors").read_bytes() == expected


@pytest.mark.slow
def test_a_build_gives_the_same_bytes(web: Path) -> None:
    run(web, "npm", "run", "build")
    built = web / "dist"
    assert set(_names(built)) == set(_names(DIST))
    different = [name for name in _names(built) if (built / name).read_bytes() != (DIST / name).read_bytes()]
    assert not different


@pytest.mark.slow
def test_the_types_fit(web: Path) -> None:
    run(web, "npx", "--no-install", "tsc", "--noEmit")
    run(web, "npx", "--no-install", "tsc", "--noEmit", "-p", "test")


@pytest.mark.slow
def test_the_unit_tests_pass(web: Path) -> None:
    result = run(web, "npm", "test")
    passed = re.search(r"^\S* ?pass (\d+)$", result.stdout, re.MULTILINE)
    assert passed, result.stdout
    assert int(passed[1]) > 300
    for line in re.findall(r".*ms per frame.*", result.stdout):
        print(line)


def test_a_change_that_was_not_built_is_noticed(manifest: dict[str, Any], tmp_path: Path) -> None:
    changed = tmp_path / "clients" / "web"
    shutil.copytree(WEB, changed, ignore=shutil.ignore_patterns("node_modules", "dist"))
    shutil.copy(WEB.parent / "words.json", changed.parent)
    before = _unbuilt(changed, manifest)
    (changed / "src" / "talk" / "added.ts").write_text("", encoding="utf-8")
    (changed / "src" / "talk" / "bounds.ts").unlink()
    with (changed.parent / "words.json").open("a", encoding="utf-8") as words:
        words.write(" ")
    assert _unbuilt(changed, manifest) - before == {"src/talk/added.ts", "src/talk/bounds.ts", "../words.json"}


def _unbuilt(web: Path, manifest: dict[str, Any]) -> set[str]:
    """The sources that differ from those that dist was built from, that are gone, or that were added."""
    built = manifest["sources"]
    return {name for name in {*built, *_sources(web)} if _digest(web / name) != built.get(name)}


def _sources(web: Path) -> Iterator[str]:
    yield from ("build.mjs", "package.json", "package-lock.json", "tsconfig.json", "index.html", "../words.json")
    for folder in ("src", "static"):
        yield from (f"{folder}/{name}" for name in _names(web / folder))


def _names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else "it is gone"
