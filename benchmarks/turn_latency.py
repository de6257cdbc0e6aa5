"""Measures what a server adds to a turn: from the model's token that ends the first piece to the first frame.

    python -m benchmarks.turn_latency [--quick] [--write]

See README.md beside this file.
"""

import argparse
import datetime
import gc
import sys
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import machine
from benchmarks.event_loop import run
from benchmarks.processes import Child, Cores, Meter, choose_cores, pin, running
from benchmarks.report import percentile, replace_section, table
from benchmarks.served import KINDS, Kind
from benchmarks.streams import Measured, measure

RESULTS = Path(__file__).resolve().parent / "RESULTS.md"
TITLE = "Server-added delay of a turn"
NAMES: dict[Kind, str] = {"ours": "Yinliu", "baseline": "polled baseline", "relay": "relay (floor)"}
FEW_TURNS = 100
"""Below this a p99 would be a guess; the worst turn is given instead."""


@dataclass(frozen=True)
class Level:
    """So many streams at once, and turns counted in each of them during one round."""

    streams: int
    turns: int


@dataclass(frozen=True)
class Plan:
    """Every round measures all servers after one another, in turning order."""

    levels: list[Level]
    rounds: int


FULL = Plan([Level(1, 6), Level(10, 13), Level(50, 5), Level(200, 3)], rounds=2)
QUICK = Plan([Level(1, 2), Level(50, 3)], rounds=1)


@dataclass
class Row:
    """One server at one level, all rounds together."""

    streams: int
    kind: Kind
    delays_s: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    turns: int = 0
    wall_s: float = 0.0
    cpu_s: float | None = 0.0
    harness_s: float | None = 0.0
    peak_mb: float | None = None

    def add(self, measured: Measured, meter: Meter) -> None:
        self.delays_s += measured.delays_s
        self.problems += measured.problems
        self.turns += measured.turns
        self.wall_s += measured.wall_s
        self.cpu_s = _sum(self.cpu_s, meter.server_s)
        self.harness_s = _sum(self.harness_s, meter.harness_s)

    def cells(self) -> list[str]:
        """As HEAD names them; a dash where nothing was measured."""
        return [
            str(self.streams),
            NAMES[self.kind],
            str(len(self.delays_s)),
            shown_ms(self.delays_s, 50),
            shown_ms(self.delays_s, 99),
            "-" if self.cpu_s is None else f"{1000 * self.cpu_s / max(self.turns, 1):.1f}",
            "-" if self.cpu_s is None else f"{100 * self.cpu_s / max(self.wall_s, 0.001):.0f} %",
            "-" if self.harness_s is None else f"{100 * self.harness_s / max(self.wall_s, 0.001):.0f} %",
            "-" if self.peak_mb is None else f"{self.peak_mb:.0f}",
        ]


HEAD = ["streams", "server", "turns", "median ms", "p99 ms", "CPU ms/turn", "core busy", "harness busy", "peak MiB"]


def shown_ms(delays_s: list[float], percent: float) -> str:
    """A percentile in milliseconds; the worst of few."""
    if not delays_s:
        return "-"
    if percent > 50 and len(delays_s) < FEW_TURNS:
        return f"max {1000 * max(delays_s):.1f}"
    return f"{1000 * percentile(delays_s, percent):.1f}"


def _sum(one: float | None, other: float | None) -> float | None:
    return None if one is None or other is None else one + other


def measure_all(plan: Plan, tokens_per_s: float, cores: Cores | None) -> list[Row]:
    """Every level with every server; says on stderr how far it is."""
    gc.freeze()  # a pause of the client's own would pass for the server's
    own = cores.harness if cores else None
    pin(own)
    with running([["benchmarks.scripted_llm", "--tokens-per-s", str(tokens_per_s)]], own, own) as (llm,):
        return [row for level in plan.levels for row in _measure_level(level, plan.rounds, llm, cores)]


def _measure_level(level: Level, rounds: int, llm: Child, cores: Cores | None) -> list[Row]:
    """Fresh processes for each level: what memory they had at most is theirs and the level's."""
    rows: dict[Kind, Row] = {kind: Row(level.streams, kind) for kind in KINDS}
    commands = [["benchmarks.served", kind, "--llm", llm.address] for kind in KINDS]
    core, own = (cores.server, cores.harness) if cores else (None, None)
    with running(commands, core, own) as children:
        servers = dict(zip(KINDS, children, strict=True))
        for number, kind in _in_turn(rounds):
            meter = Meter(servers[kind], llm)
            measured = run(measure(servers[kind].address, level.streams, level.turns, meter))
            rows[kind].add(measured, meter)
            _say_progress(f"{level.streams} streams, {NAMES[kind]}, round {number} of {rounds}", measured)
        for kind, row in rows.items():
            row.peak_mb = servers[kind].peak_mb()
    return list(rows.values())


def _in_turn(rounds: int) -> list[tuple[int, Kind]]:
    """There and back again, so that a drift of the machine meets all servers alike."""
    return [(number, kind) for number in range(1, rounds + 1) for kind in (KINDS if number % 2 else KINDS[::-1])]


def _say_progress(what: str, measured: Measured) -> None:
    found = f"median {shown_ms(measured.delays_s, 50)} ms, p99 {shown_ms(measured.delays_s, 99)} ms"
    failed = f", {len(measured.problems)} failed: {measured.problems[0]}" if measured.problems else ""
    print(f"{what}: {found}, {measured.turns} turns in {measured.wall_s:.1f} s{failed}", file=sys.stderr, flush=True)


def report(rows: list[Row], tokens_per_s: float, cores: Cores | None, load_before: str) -> str:
    """The table, and what must be known to read it."""
    where = (
        "The server under test had one core to itself, the scripted model and the clients shared another."
        if cores
        else "Processes were not pinned to cores."
    )
    load = f" Load average {load_before} before, {machine.load()} after." if load_before else ""
    failed = sum(len(row.problems) for row in rows)
    lines = [
        table(HEAD, [row.cells() for row in rows]),
        "",
        f"{datetime.date.today()}, {machine.hardware()}.{load}",
        f"{where} The model writes {tokens_per_s:g} tokens a second in every stream; synthesis costs nothing.",
        *([f"{failed} turns failed and are not in the table."] if failed else []),
    ]
    return "\n".join(lines)


def parse_flags(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.turn_latency", description=(__doc__ or "").partition("\n")[0]
    )
    add = parser.add_argument
    add("--quick", action="store_true", help="half a minute instead of five: 1 and 50 streams, few turns")
    add("--streams", type=int, help="only so many streams at once")
    add("--turns", type=int, default=10, help="with --streams: turns counted in each of them (%(default)s)")
    add("--tokens-per-s", type=float, default=30.0, help="how fast the model writes (%(default)s)")
    add("--write", action="store_true", help="put the table into RESULTS.md")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> None:
    flags = parse_flags(arguments)
    plan = QUICK if flags.quick else FULL
    if flags.streams:
        plan = Plan([Level(flags.streams, flags.turns)], rounds=1)
    cores, load_before = choose_cores(), machine.load()
    text = report(measure_all(plan, flags.tokens_per_s, cores), flags.tokens_per_s, cores, load_before)
    print(text)
    if flags.write:
        RESULTS.write_text(replace_section(RESULTS.read_text(encoding="utf-8"), TITLE, text), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
