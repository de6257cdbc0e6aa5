"""Cantonese through ToJyutping, an optional installation."""
