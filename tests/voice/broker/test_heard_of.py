"""Workers elsewhere are counted while they are heard of."""

from voice.broker.heard_of import WITHIN_S, HeardOf


def test_workers_are_counted_once_and_for_a_minute():
    now_s = 100.0
    heard_of = HeardOf(lambda: now_s)
    assert heard_of.count == 0
    for worker in ("a", "b", "a"):
        heard_of.note(worker)
    assert heard_of.count == 2
    now_s += WITHIN_S / 2
    heard_of.note("b")
    now_s += WITHIN_S / 2 + 1
    assert heard_of.count == 1
    now_s += WITHIN_S
    assert heard_of.count == 0
