"""Japanese through Open JTalk, an optional installation."""
