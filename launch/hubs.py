"""Where models are handed out, and the address of a file there."""

import os
from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True)
class Hub:
    """A site with repositories of models; environment variables can name a mirror of it."""

    name: str
    site: str
    variables: tuple[str, ...]
    repositories: str
    """Path of a repository, and how its newest state is called."""

    def address(self, repository: str, path: str) -> str:
        return self._site() + self.repositories.format(repository) + quote(path)

    def _site(self) -> str:
        named = next(filter(None, map(os.environ.get, self.variables)), self.site).rstrip("/")
        return named if "://" in named else f"https://{named}"


MODELSCOPE = Hub(
    "modelscope",
    "https://www.modelscope.cn",
    ("MODELSCOPE_ENDPOINT", "MODELSCOPE_DOMAIN"),
    "/models/{}/resolve/master/",
)
HUGGINGFACE = Hub("huggingface", "https://huggingface.co", ("HF_ENDPOINT",), "/{}/resolve/main/")
HUBS = {hub.name: hub for hub in (MODELSCOPE, HUGGINGFACE)}
"""Best first: ModelScope can be reached from everywhere."""
