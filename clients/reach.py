"""Whether the server is there: asked until it is, and told once when that changes."""

from clients.backoff import delays_s
from clients.errands import Errand
from clients.events import ServerState, Trouble
from clients.parts import Parts
from clients.troubles import ServerTrouble


class Reach:
    """Watches from the start; later only while the server is away."""

    def __init__(self, parts: Parts):
        self._parts = parts
        self._busy_told = False
        self._away_told = False
        self._probe: Errand | None = None

    def look(self) -> None:
        """Ask for /health until it comes."""
        if self._probe is not None:
            return
        server = self._parts.server

        def probe(errand: Errand) -> dict[str, object] | None:
            for delay_s in delays_s():
                try:
                    return server.health()
                except ServerTrouble as error:
                    trouble = error
                errand.report(lambda trouble=trouble: self.failed(trouble))
                if not errand.pause(delay_s):
                    break
            return None

        self._probe = self._parts.errands.run(probe, self._found, lambda _: None)

    def failed(self, trouble: ServerTrouble) -> None:
        """An attempt that is going to be made again came to nothing."""
        if trouble.kind == "busy":
            if not self._busy_told:
                self._parts.tell(Trouble(trouble.english, trouble.chinese))
            self._busy_told = True
            return
        if not self._away_told:
            self._away_told = True
            self._parts.tell(ServerState(None))
            self._parts.tell(Trouble(trouble.english, trouble.chinese))
        self.look()

    def answered(self) -> None:
        """A request came through."""
        self._busy_told = False

    def close(self) -> None:
        if self._probe:
            self._probe.cancel()

    def _found(self, health: dict[str, object] | None) -> None:
        self._probe, self._away_told = None, False
        if health is not None:
            self._parts.tell(ServerState(health))
