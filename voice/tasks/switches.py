"""How this side speaks on the broker, where documents and programs in the field differ."""

from dataclasses import dataclass

from voice.broker.topology import Binding, Exchange, Part, Queue
from voice.tasks.messages import EmptyToolKey
from voice.tasks.types import START, TaskType


@dataclass(frozen=True)
class Switches:
    """double_encoded: bodies are JSON strings that hold JSON. empty_tool_key: of end messages without a tool."""

    double_encoded: bool = False
    empty_tool_key: EmptyToolKey = "both"
    durable_queues: bool = True

    def parts(self, task: TaskType) -> tuple[Part, ...]:
        """What a type of task needs on the broker."""
        return (
            Exchange(task.exchange),
            Queue(task.queue, self.durable_queues),
            Binding(task.queue, task.exchange, START),
        )
