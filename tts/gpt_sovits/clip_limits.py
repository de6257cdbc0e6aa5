"""How long reference clips may be. Light: whoever chooses clips asks here, without the networks that listen to them."""

SHORTEST_S, LONGEST_S = 3.0, 10.0
SHORTEST_EXTRA_S, LONGEST_EXTRA_S = 0.1, 60.0
"""Of an extra clip only the timbre is taken, for which any length will do."""
