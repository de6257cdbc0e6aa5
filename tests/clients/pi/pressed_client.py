"""The client with a button that a test pushes: each line on stdin moves it, and the time of that is printed."""

import sys
import threading
import time

import gpiozero
from gpiozero.pins.mock import MockFactory

from clients.pi.__main__ import main

PIN = "23"


def _push(factory: MockFactory) -> None:
    for line in sys.stdin:
        pin = factory.pin(int(PIN))
        print(f"{line.strip()} {time.monotonic()}", flush=True)
        pin.drive_low() if line.strip() == "press" else pin.drive_high()


if __name__ == "__main__":
    gpiozero.Device.pin_factory = MockFactory()
    threading.Thread(target=_push, args=(gpiozero.Device.pin_factory,), daemon=True).start()
    sys.exit(main([*sys.argv[1:], "--button", PIN]))
