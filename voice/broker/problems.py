"""What can go wrong with a broker, in sentences for the person who runs it."""

from dataclasses import dataclass

from aio_pika.exceptions import AuthenticationError, InvalidFrameError, ProbableAuthenticationError

from voice.broker.topology import Binding, Part, Queue

OPENING = "Connection.OpenOk"
"""What is answered when a virtual host is opened; anything else is a refusal, whose words aio-pika does not keep."""


@dataclass(frozen=True)
class Problem:
    """Why there is no connection. is_login: trying again with the same address will not help."""

    english: str
    chinese: str
    is_login: bool = False


class BrokerDown(Exception):
    """There is no connection, or it was lost before the broker confirmed: what was sent may have arrived or not."""


class Unroutable(Exception):
    """No queue wants the message, so the broker has dropped it."""


class Rejected(Exception):
    """Raised by a handler for a message that can never be handled: it goes to the dead letters, with this reason."""


class DeclarationRefused(Exception):
    """A queue or exchange of this name has other properties; the message says how to mend it."""

    def __init__(self, part: Part, reason: str):
        what = "queue" if isinstance(part, Queue) else "binding of" if isinstance(part, Binding) else "exchange"
        name = part.queue if isinstance(part, Binding) else part.name
        super().__init__(
            f"The broker refuses the {what} {name!r}: {reason} "
            f"If nothing else needs the existing one, delete it (`rabbitmqctl delete_queue {name}`) and try again; "
            "if another program owns it, make this side's settings like that program's."
        )
        self.chinese = (
            f"消息代理拒绝了 {name!r}：{reason} 如果没有其它程序使用它，请删除后重试"
            f"（rabbitmqctl delete_queue {name}）；如果它属于另一个程序，请让本端设置与之一致。"
        )


def problem_of(error: BaseException, shown: str) -> Problem:
    """What an unsuccessful attempt to connect means. shown: the address without its password."""
    if isinstance(error, AuthenticationError | ProbableAuthenticationError):
        return Problem(
            f"The broker at {shown} refuses this user or password. RabbitMQ lets `guest` in from its own machine only.",
            f"位于 {shown} 的消息代理拒绝了该用户名或密码。RabbitMQ 只允许 guest 从本机登录。",
            is_login=True,
        )
    if isinstance(error, InvalidFrameError) and OPENING in str(error):
        return Problem(
            f"The broker at {shown} has no such virtual host, or this user may not use it"
            " (`rabbitmqctl add_vhost`, `rabbitmqctl set_permissions`).",
            f"位于 {shown} 的消息代理没有这个虚拟主机，或该用户无权使用"
            "（rabbitmqctl add_vhost、rabbitmqctl set_permissions）。",
            is_login=True,
        )
    why = "it took too long" if isinstance(error, TimeoutError) else f"{str(error) or type(error).__name__:.200}"
    return Problem(
        f"The broker at {shown} cannot be reached ({why}). Is it running, and is the address right?",
        f"无法连接位于 {shown} 的消息代理（{why}）。它在运行吗？地址正确吗？",
    )
