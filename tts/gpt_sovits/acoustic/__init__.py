"""SoVITS: from semantic tokens, phones and a speaker's timbre to 32 kHz sound."""
