"""Prints what start.py must know of the configuration: addresses, weights; runs in .venv, where YAML can be read."""

import json
import os
import sys

from chat_server import HERE, find_config
from voice.config import ConfigError, load_config


def main(directory: str) -> int:
    """What a server started in this directory would go by, as one line of JSON."""
    os.chdir(directory)
    try:
        settings = load_config(find_config(None), base_dir=HERE).settings
    except ConfigError as error:
        print(error)
        return 1
    weights = [settings.GSV.GPT_weight, settings.GSV.SoVITS_weight]
    print(json.dumps({"port": settings.server.port, "llm_api": settings.LLM.api, "weights": weights}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
