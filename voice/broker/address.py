"""A broker's address: checked once, and shown without its password ever after."""

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

PORTS = {"amqp": 5672, "amqps": 5671}


class BadAddress(ValueError):
    """The address is none of a broker; the message is a sentence, `chinese` the same in Chinese."""

    def __init__(self) -> None:
        # What was given is not repeated: it may hold a password.
        super().__init__("A broker's address looks like amqp://user:password@host:5672/vhost (amqps:// with TLS).")
        self.chinese = "消息代理的地址形如 amqp://用户:密码@主机:5672/虚拟主机（TLS 用 amqps://）。"


@dataclass(frozen=True)
class BrokerAddress:
    """shown: scheme, host, port and virtual host, for logs and messages."""

    url: str = field(repr=False)
    shown: str

    @classmethod
    def parse(cls, url: str) -> "BrokerAddress":
        """Raises BadAddress."""
        try:
            parts = urlsplit(url.strip())
            port = parts.port
        except ValueError:
            raise BadAddress from None
        if parts.scheme not in PORTS or not parts.hostname or any(char.isspace() for char in url.strip()):
            raise BadAddress
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        vhost = unquote(parts.path.removeprefix("/")) or "/"
        return cls(url.strip(), f"{parts.scheme}://{host}:{port or PORTS[parts.scheme]}/{vhost.removeprefix('/')}")
