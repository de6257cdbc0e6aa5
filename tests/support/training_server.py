"""chat_server.py, whose workers train with the small steps of the tests."""

import sys
from unittest.mock import patch

from chat_server import main
from tests.support.training_jobs import FUNCTIONS

if __name__ == "__main__":
    with (
        patch("voice.workshop.WORKER", "tests.support.training_jobs"),
        patch.dict("voice.studio.training_steps.FUNCTIONS", FUNCTIONS),
    ):
        sys.exit(main())
