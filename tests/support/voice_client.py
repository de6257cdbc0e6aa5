"""A client of a few lines: a Conversation between this machine's microphone and loudspeaker.

Arguments: the server's URL. Writes every event as a line of JSON with the time of this machine's clock, and also when
the player is ducked, paused, resumed and dropped. A line on its input is asked; its end ends the program.
"""

import json
import sys
import threading
import time
from dataclasses import asdict
from typing import Any

from clients.conversation import Conversation, TalkOptions
from clients.events import Event, Level
from clients.listen import Microphone
from clients.play import Speaker
from clients.protocol import Server


def main() -> None:
    lock = threading.Lock()

    def write(name: str, **fields: Any) -> None:
        with lock:
            print(json.dumps({"at_s": time.monotonic(), "event": name, **fields}), flush=True)

    def tell(event: Event) -> None:
        if not isinstance(event, Level):
            write(type(event).__name__, **asdict(event))

    class LoggedSpeaker(Speaker):
        def pause(self) -> None:
            write("pause")
            super().pause()

        def resume(self) -> None:
            write("resume")
            super().resume()

        def duck(self, is_ducked: bool) -> None:
            write("duck", is_ducked=is_ducked)
            super().duck(is_ducked)

    server, speaker = Server(sys.argv[1]), LoggedSpeaker(None, tell)
    conversation = Conversation(server, speaker, tell, TalkOptions())
    conversation.listen(True)
    with Microphone(None, conversation.hear, tell):
        for line in sys.stdin:
            conversation.ask(line.strip())
        conversation.close()
    speaker.close()
    server.close()
    write("closed")


if __name__ == "__main__":
    main()
