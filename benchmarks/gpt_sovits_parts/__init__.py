"""The parts of `benchmarks/gpt_sovits.py`: what is said, how it is measured, and what could be reached at best."""
