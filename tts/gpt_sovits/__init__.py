"""Our own GPT-SoVITS engine: reads the weights of v2, v2Pro and v2ProPlus, and streams while it generates."""
