"""When parameters change, and how fast."""

RATE = 0.002
FIRST_RATE_OF_UPSTREAM = 0.01
"""Of the first update alone: upstream's schedule overrides itself from then on."""
BATCHES_PER_UPDATE = 4


def learning_rate(updates_done: int, is_as_upstream: bool, rate: float = RATE) -> float:
    """Of the next update; upstream's schedule, though written as a curve, is constant but for the first."""
    return FIRST_RATE_OF_UPSTREAM if is_as_upstream and updates_done == 0 else rate


def is_update(batch: int, batch_count: int, is_as_upstream: bool, batches: int = BATCHES_PER_UPDATE) -> bool:
    """Whether parameters change behind this batch of an epoch, counted from 0; batches: from one change to the next.

    Upstream changes nothing in an epoch of four batches, and leaves what remains of an epoch to the next; here
    everything that was heard in an epoch has changed something by its end.
    """
    if is_as_upstream:
        return batch > 0 and batch % batches == 0
    return (batch + 1) % batches == 0 or batch + 1 == batch_count
