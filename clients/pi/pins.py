"""Opens what is wired to the pins, through gpiozero, which is only needed where something is."""

import importlib
from typing import Any

from launch.words import Refusal


def open_pin(kind: str, pin: str, **settings: Any) -> Any:
    """A gpiozero device of that kind (Button, LED) at a GPIO number. Raises Refusal with what to do."""
    try:
        gpiozero = importlib.import_module("gpiozero")
    except ImportError:
        raise Refusal(
            "Buttons and LEDs at pins need gpiozero: run install.sh again with --gpio.",
            "引脚上的按钮和 LED 需要 gpiozero：请带 --gpio 重新运行 install.sh。",
        ) from None
    try:
        return getattr(gpiozero, kind)(int(pin), **settings)
    except ValueError:
        raise Refusal(f"{pin!r} is no GPIO number.", f"{pin!r} 不是 GPIO 编号。") from None
    except Exception as error:  # each of its pin libraries raises errors of its own
        raise Refusal(
            f"GPIO {pin} cannot be used: {error} (is it taken by another program, is the user in the group gpio?)",
            f"无法使用 GPIO {pin}：{error}（是否被其它程序占用？当前用户是否在 gpio 组？）",
        ) from None
