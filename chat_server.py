"""The server's entry point: flags, then settings, then engines, then the application, then serving it."""

import argparse
import logging
import socket
import sys
from pathlib import Path

from launch.words import accept_any_terminal

HERE = Path(__file__).resolve().parent
BACKLOG = 2048
"""Connections that wait to be accepted."""

log = logging.getLogger("yinliu.server")


def parse_flags(arguments: list[str]) -> argparse.Namespace:
    """The command line, the original's options included."""
    parser = argparse.ArgumentParser(
        prog="start.py serve",
        description="Yinliu 音流: a voice-chat server. 语音对话服务。",
        epilog="start.py itself takes --daemon, --ml, --no-ml and --no-demo.",
    )
    add = parser.add_argument
    add("-a", "--host", "--bind_addr", dest="host", help="address to listen on (server.host)")
    add("-p", "--port", type=int, help="port (server.port); 0 takes a free one")
    add("--lan", action="store_true", help="let other machines in, with an access token")
    add("--config", type=Path, help="settings; default: config.yaml here, else the one beside this program")
    add("-c", "--tts_config", help="accepted for older start scripts; the GSV section replaces it")
    add("--print-config", action="store_true", help="print every setting with its value, and end")
    add("--log-file", type=Path, help="write the log to this file, which rotates, instead of the terminal")
    return parser.parse_args(arguments)


def find_config(given: Path | None) -> Path | None:
    """The settings file: the given one, else config.yaml in the working directory or beside this program."""
    if given:
        return given
    return next((file for file in (Path("config.yaml"), HERE / "config.yaml") if file.is_file()), None)


def open_sockets(host: str, ports: list[int]) -> list[socket.socket]:
    """Listening sockets. Raises OSError with a sentence that names the address."""
    sockets = []
    for port in ports:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        if sys.platform != "win32":  # there the option would let two servers share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host.strip("[]"), port))
            listener.listen(BACKLOG)  # whoever reads the address may connect at once
        except (OSError, OverflowError) as error:
            why = getattr(error, "strerror", None) or error
            remedy = "choose others with --host and --port; `start.py status` tells whether a server runs already."
            raise OSError(f"Cannot listen on {host}:{port} ({why}); {remedy}") from None
        sockets.append(listener)
    return sockets


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to end; returns the exit status."""
    accept_any_terminal()
    flags = parse_flags(sys.argv[1:] if arguments is None else arguments)
    from voice.config import ConfigError, load_config
    from voice.logs import set_up_logs
    from voice.print_config import print_config

    try:
        config = load_config(find_config(flags.config), base_dir=HERE)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    if flags.print_config:
        sys.stdout.reconfigure(encoding="utf-8")  # pyright: ignore[reportAttributeAccessIssue]
        print(print_config(config.settings), end="")
        return 0
    set_up_logs(flags.log_file)
    from voice.serve import serve

    host = "0.0.0.0" if flags.lan else flags.host or config.settings.server.host
    port = config.settings.server.port if flags.port is None else flags.port
    try:
        sockets = open_sockets(host, [port, *config.settings.server.ports])
        serve(config, host, sockets)
    except OSError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
