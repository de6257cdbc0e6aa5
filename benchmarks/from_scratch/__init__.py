"""A voice from nothing: what benchmarks/train_from_scratch.py consists of."""
