"""Where things lie, all of it beside start.py."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "Scripts" / "python.exe" if sys.platform == "win32" else VENV / "bin" / "python"
SERVER = ROOT / "chat_server.py"
CONFIG = ROOT / "config.yaml"
MODELS = ROOT / "models"
LOGS = ROOT / "logs"
