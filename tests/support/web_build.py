"""The page's sources in a copy of their own, with what they need to be built."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHARED = ("LICENSE", "clients/words.json")
NO_NETWORK = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "ERR_SOCKET_TIMEOUT")
LIMIT_S = 300


def installed_copy(folder: Path) -> Path:
    """clients/web below `folder`, its packages as the lock file has them. Skips without npm, or without a registry."""
    if not shutil.which("npm"):
        pytest.skip("npm is not installed")
    for name in SHARED:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    for name in ("clients/web", "tests/vectors/clients", "tests/assets"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("node_modules", "dist"))
    web = folder / "clients" / "web"
    # No package's own scripts: none is needed, and a test should not run them.
    result = run(web, "npm", "ci", "--ignore-scripts", check=False)
    if result.returncode and any(code in result.stderr for code in NO_NETWORK):
        pytest.skip("npm's registry cannot be reached")
    assert result.returncode == 0, result.stderr
    return web


def run(web: Path, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """A command in that folder; its output is shown where it fails."""
    result = subprocess.run(command, cwd=web, capture_output=True, text=True, timeout=LIMIT_S, check=False)
    assert not check or result.returncode == 0, result.stdout + result.stderr
    return result
