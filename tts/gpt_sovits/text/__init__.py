"""From text to phones, as the GPT-SoVITS models were trained to read them. Knows no torch."""
