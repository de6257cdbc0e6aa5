"""`python -m clients.pi`: talk, or look after the sound first."""

import sys

from clients.pi.alsa import silence_alsa
from clients.pi.options import Options, parse
from clients.pi.report import Report
from clients.troubles import ClientTrouble
from launch.words import Refusal, accept_any_terminal, words

CANNOT = 2
"""Status of what would fail the next time as well, so that no service manager tries again."""


def main(arguments: list[str] | None = None) -> int:
    """0 when it ended because it was told to, or found everything in order."""
    accept_any_terminal()
    try:
        options, verb = parse(arguments)
        silenced = silence_alsa()
        status = _run(options, verb)
        del silenced
        return status
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
    except ClientTrouble as trouble:
        print(words(trouble.english, trouble.chinese), file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return CANNOT


def _run(options: Options, verb: str) -> int:
    # Each verb loads only what it uses: `--list` on a Pi need not wait for the rest.
    if verb == "list":
        from clients.pi.sound_choice import device_lines
        from clients.sound_devices import devices

        print("\n".join(device_lines(devices())) or words("No sound devices.", "没有声音设备。"))
        return 0
    report = Report(options.token)
    if verb == "check":
        from clients.pi.check import check

        return check(options, report)
    if verb == "text":
        from clients.pi.typed import converse

        return converse(options, report)
    from clients.pi.assistant import talk

    return talk(options, report)


if __name__ == "__main__":
    sys.exit(main())
