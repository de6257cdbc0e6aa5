"""Nested states, such as an optimiser's, as named tensors and JSON, and back: neither can hold anything that runs."""

from collections.abc import Mapping
from typing import Any

from torch import Tensor


def take_apart(tree: Any) -> tuple[dict[str, Tensor], Any]:
    """The tensors by name, and the rest as JSON.

    tree: dictionaries with keys of text or whole numbers, lists, tuples (which come back as lists), tensors, text,
    numbers, booleans and None. Raises TypeError for anything else.
    """
    tensors: dict[str, Tensor] = {}
    return tensors, _plain(tree, tensors)


def put_together(tensors: Mapping[str, Tensor], plain: Any) -> Any:
    """The tree again; raises KeyError, TypeError or ValueError where the two do not belong together."""
    kind, value = plain
    if kind == "tensor":
        return tensors[value]
    if kind == "dict":
        return {key: put_together(tensors, item) for key, item in value}
    if kind == "list":
        return [put_together(tensors, item) for item in value]
    return value


def _plain(tree: Any, tensors: dict[str, Tensor]) -> list[Any]:
    if isinstance(tree, Tensor):
        name = str(len(tensors))
        tensors[name] = tree
        return ["tensor", name]
    if isinstance(tree, Mapping):
        _require(all(type(key) in (str, int) for key in tree), tree)
        return ["dict", [[key, _plain(item, tensors)] for key, item in tree.items()]]
    if isinstance(tree, (list, tuple)):
        return ["list", [_plain(item, tensors) for item in tree]]
    _require(tree is None or type(tree) in (str, int, float, bool), tree)
    return ["value", tree]


def _require(is_plain: bool, tree: Any) -> None:
    if not is_plain:
        raise TypeError(f"a checkpoint cannot hold {type(tree).__name__}")
