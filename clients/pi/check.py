"""`--check`: the way of a word, step by step: devices, loudspeaker, microphone, server, recogniser, answer."""

from clients.pi.check_server import answer, ears, reach
from clients.pi.check_sound import list_devices, loudspeaker, microphone
from clients.pi.finding import Step, guarded
from clients.pi.options import Options
from clients.pi.report import Report
from clients.protocol import Server
from launch.words import words


def check(options: Options, report: Report) -> int:
    """0 if nothing is wrong; every step is tried that those before it leave possible."""
    is_well = True
    for finding in _course(options):
        is_well = is_well and finding.is_good
        report.say(f"{finding.mark} {words(finding.english, finding.chinese)}")
    report.say(words("Everything works.", "一切正常。") if is_well else words("See each ✗ above.", "请看上面的 ✗。"))
    return 0 if is_well else 1


def _course(options: Options) -> Step[None]:
    there = yield from guarded(list_devices())
    recording = None
    if there:
        yield from guarded(loudspeaker(options.output, there))
        recording = yield from guarded(microphone(options.input, there))
    server = Server(options.server, options.token)
    if (yield from guarded(reach(server))):
        if recording is not None:
            yield from guarded(ears(server, recording))
        yield from guarded(answer(server))
    server.close()
