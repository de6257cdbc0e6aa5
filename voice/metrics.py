"""What is counted, in Prometheus' form."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

STAGE_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """The counters of one server, in a registry of their own so that tests can have many."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.turns = Counter(
            "yinliu_turns", "Turns by outcome: answered, failed or left.", ["outcome"], registry=self._registry
        )
        self.stages = Histogram(
            "yinliu_turn_stage_seconds",
            "From the question to each stage of a turn.",
            ["stage"],
            buckets=STAGE_BUCKETS_S,
            registry=self._registry,
        )
        self.pieces = Counter("yinliu_pieces", "Pieces sent, audible or not.", ["audible"], registry=self._registry)
        self.errors = Counter("yinliu_errors", "Errors by kind.", ["kind"], registry=self._registry)
        self.open_streams = Gauge("yinliu_open_streams", "Turns under way.", registry=self._registry)
        self.waiting_recognitions = Gauge(
            "yinliu_waiting_recognitions", "Recordings waiting or being recognised.", registry=self._registry
        )
        self.recognition = Histogram(
            "yinliu_recognition_seconds",
            "From a recording's arrival to its text.",
            buckets=STAGE_BUCKETS_S,
            registry=self._registry,
        )
        self.heard_seconds = Counter("yinliu_heard_audio_seconds", "Speech recognised.", registry=self._registry)

    def page(self) -> bytes:
        """All series as text."""
        return generate_latest(self._registry)
