"""Sound that a server has sent, played on this machine."""

import sys

from clients.troubles import ClientTrouble


def played(wav: bytes) -> bool:
    """Play it to its end; False where this machine has no sound, or nobody sits at it."""
    if not sys.stdout.isatty():
        return False
    try:
        import numpy as np

        from clients.sound_devices import portaudio
        from clients.sound_files import pcm_of

        sound = portaudio()
        pcm, rate_hz = pcm_of(wav)
        sound.play(np.frombuffer(pcm, "<i2"), rate_hz)
        sound.wait()
    except (ImportError, ClientTrouble, ValueError, OSError, RuntimeError):  # PortAudio's errors are of the last kind
        return False
    return True
