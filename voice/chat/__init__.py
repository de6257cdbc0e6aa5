"""One conversation: cutting a reply into pieces and speaking them in order. Knows neither HTTP nor torch."""
