"""Reads the pickle inside a checkpoint without running anything that it names.

Python's own unpickler calls what the file asks for, and sets aside memory by numbers in the file. This one knows the
few operations that weights and settings need, makes plain dictionaries, lists and tensors, and refuses the rest.
"""

import pickletools
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

from tts.gpt_sovits.refusal import Fault

LONGEST = 2_000_000
"""Bytes; a model of a thousand tensors takes 120 kB."""

_MARK = object()
_LITERALS = {
    *("BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT"),
    *("BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8", "BINBYTES", "SHORT_BINBYTES"),
}
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_EMPTY: dict[str, Callable[[], Any]] = {"EMPTY_DICT": dict, "EMPTY_LIST": list, "EMPTY_TUPLE": tuple}
_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_PATHS = {"PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath", "Path", "PurePath"}


class Name(str):
    """A dotted name from the file; what it stands for in Python is never looked up."""

    __slots__ = ()


class Attributes(dict[str, Any]):
    """The attributes of upstream's settings object, utils.HParams."""


def unpickle(data: bytes, storage: Callable[[Any], Any], rebuild: Callable[[Name, tuple[Any, ...]], Any]) -> Any:
    """The object in the data; storage: makes one from a persistent id, rebuild: makes a tensor from a call's arguments.

    Raises Fault with the name of whatever is not known here.
    """
    if len(data) > LONGEST:
        raise Fault(
            f"describes itself in {len(data) / 1e6:.0f} MB, which no checkpoint does",
            f"的结构描述长达 {len(data) / 1e6:.0f} MB，不是正常的权重",
        )
    try:
        return _Reader(storage, rebuild).read(data)
    except (ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise Fault("is damaged: its description cannot be read", "已损坏：无法读取其结构描述") from error


class _Reader:
    def __init__(self, storage: Callable[[Any], Any], rebuild: Callable[[Name, tuple[Any, ...]], Any]):
        self._storage = storage
        self._rebuild = rebuild
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}

    def read(self, data: bytes) -> Any:
        for operation, argument, _ in pickletools.genops(data):
            name = operation.name
            if name == "STOP":
                return self._stack.pop()
            if name in _LITERALS:
                self._stack.append(argument)
            elif name in _CONSTANTS:
                self._stack.append(_CONSTANTS[name])
            elif name in _EMPTY:
                self._stack.append(_EMPTY[name]())
            elif name in _TUPLES:
                parts = tuple(self._stack[-_TUPLES[name] :])
                del self._stack[-_TUPLES[name] :]
                self._stack.append(parts)
            else:
                self._do(name, argument)
        raise ValueError("no end")

    def _do(self, name: str, argument: Any) -> None:
        stack = self._stack
        if name in ("BINPUT", "LONG_BINPUT"):
            self._memo[argument] = stack[-1]
        elif name == "MEMOIZE":
            self._memo[len(self._memo)] = stack[-1]
        elif name in ("BINGET", "LONG_BINGET"):
            stack.append(self._memo[argument])
        elif name == "MARK":
            stack.append(_MARK)
        elif name == "TUPLE":
            stack.append(tuple(self._behind_mark()))
        elif name in ("SETITEM", "SETITEMS"):
            pairs = self._behind_mark() if name == "SETITEMS" else [stack.pop(-2), stack.pop()]
            _set_items(stack[-1], pairs)
        elif name in ("APPEND", "APPENDS"):
            items = self._behind_mark() if name == "APPENDS" else [stack.pop()]
            _expect(stack[-1], list).extend(items)
        elif name == "GLOBAL":
            stack.append(_known(*argument.split(" ", 1)))
        elif name == "STACK_GLOBAL":
            attribute, module = _expect(stack.pop(), str), _expect(stack.pop(), str)
            stack.append(_known(module, attribute))
        elif name == "BINPERSID":
            stack.append(self._storage(stack.pop()))
        elif name in ("REDUCE", "NEWOBJ"):
            arguments, called = _expect(stack.pop(), tuple), _expect(stack.pop(), Name)
            stack.append(self._call(called, arguments))
        elif name == "BUILD":
            _fill(stack[-2], stack.pop())
        elif name not in ("PROTO", "FRAME"):
            raise Fault(
                f"asks for the operation {name}, which no checkpoint needs; it was not carried out",
                f"要求执行 {name} 操作，正常权重用不到；已拒绝执行",
            )

    def _behind_mark(self) -> list[Any]:
        place = len(self._stack) - 1
        while self._stack[place] is not _MARK:
            place -= 1
            if place < 0:
                raise ValueError("no mark")
        items = self._stack[place + 1 :]
        del self._stack[place:]
        return items

    def _call(self, name: Name, arguments: tuple[Any, ...]) -> Any:
        if name == "collections.OrderedDict":
            return _ordered(arguments)
        if name.endswith(".HParams"):
            return Attributes()
        if name.startswith("pathlib."):
            return str(PurePosixPath(*(_expect(part, str) for part in arguments)))
        return self._rebuild(name, arguments)


def _known(module: str, attribute: str) -> Name:
    name = Name(f"{module}.{attribute}")
    is_known = (
        name == "collections.OrderedDict"
        or (attribute == "HParams" and module.rpartition(".")[2] == "utils")
        or (attribute in _PATHS and module in ("pathlib", "pathlib._local"))
        or name in ("torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_parameter")
        or (module in ("torch", "torch.storage") and attribute.endswith("Storage"))
    )
    if not is_known:
        raise Fault(
            f"asks for {str(name)[:80]!a}, which weights have no use for; nothing of it was run. "
            "Do not trust where it came from",
            f"要求使用 {str(name)[:80]!a}，正常权重用不到；没有执行任何内容。请不要信任该文件的来源",
        )
    return name


def _ordered(arguments: tuple[Any, ...]) -> dict[Any, Any]:
    made: dict[Any, Any] = {}
    for pair in _expect(arguments[0], list) if arguments else []:
        _set_items(made, list(_expect(pair, (list, tuple))))
    return made


def _set_items(target: Any, items: list[Any]) -> None:
    _expect(target, dict)
    if len(items) % 2:
        raise ValueError("a key without a value")
    for key, value in zip(items[::2], items[1::2], strict=True):
        target[_expect(key, (str, int))] = value  # other keys could take for ever to hash


def _fill(target: Any, state: Any) -> None:
    """Attributes of the settings object; those of an ordered dictionary (`_metadata`) say nothing about weights."""
    attributes = _expect(state, dict)
    if isinstance(target, Attributes):
        target.update(attributes)
    else:
        _expect(target, dict)


def _expect(value: Any, kind: Any) -> Any:
    if not isinstance(value, kind):
        raise ValueError(f"{type(value).__name__} out of place")
    return value
