"""Everybody one can talk to: the configured cast, and the studio's characters beside it."""

from dataclasses import replace

from voice.characters import Cast, Character, UnknownName, Wishes
from voice.made_characters import MadeCharacters


class Company:
    """Of a configured and a made character of the same name, the configured one is meant."""

    def __init__(self, cast: Cast, made: MadeCharacters | None = None):
        self._cast = cast
        self._made = made

    @property
    def usual(self) -> Character:
        """Who answers when nobody is chosen."""
        return self._cast.usual

    async def choose(self, wishes: Wishes) -> Character:
        """The character as this listener wants it; the disk is looked at only for names that no setting has.

        Raises UnknownName.
        """
        unknown = {wishes.character, wishes.voice} - {"", *self._cast.others, *self._cast.usual.voices.by_tag}
        if self._made is None or not unknown:
            return self._cast.choose(wishes)
        others = {**await self._made.named(unknown), **self._cast.others}
        try:
            return replace(self._cast, others=others).choose(wishes)
        except UnknownName:
            return (await self.everybody()).choose(wishes)  # so that the sentence lists all names

    async def everybody(self) -> Cast:
        """The configured characters, then those of the studio in the order of their making."""
        if self._made is None:
            return self._cast
        others = dict(self._cast.others)
        for name, made in (await self._made.all()).items():
            others.setdefault(name, made)
        return replace(self._cast, others=others)
