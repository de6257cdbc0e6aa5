"""A voice assistant for a Raspberry Pi, or any Linux machine with a microphone and a loudspeaker."""
