"""Mandarin: figures become words, words become syllables, syllables get the tones they have in speech, then phones."""
