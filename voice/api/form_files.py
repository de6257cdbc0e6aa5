"""The files in a multipart form, one after another while the form arrives: nothing waits in memory or in /tmp."""

from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from voice.api.errors import ApiError

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MOST_PARTS = 116
MOST_FIELD_BYTES = 1 << 20
"""Of all the parts together that are no files."""


@dataclass(frozen=True)
class Part:
    """Where a file begins. filename: as its sender wrote it."""

    field: str
    filename: str


END_OF_FILE = object()


class FormFiles:
    """`async for part in files.parts()`, and `files.content()` for the bytes of the part that came last.

    Raises ApiError for a form that cannot be read.
    """

    def __init__(self, content_type: str, stream: AsyncIterator[bytes]):
        self._stream = stream
        self._found: deque[object] = deque()
        self._header = (bytearray(), bytearray())
        self._disposition = b""
        self._is_file = False
        self._parts = self._field_bytes = 0
        self._is_complete = False
        try:
            self._parser = MultipartParser(_boundary(content_type), self._callbacks())
        except FormParserError as error:
            raise _unreadable(str(error)) from None

    async def parts(self) -> AsyncIterator[Part]:
        """Each file of the form; what its reader leaves of a content is skipped."""
        while (found := await self._next()) is not None:
            if isinstance(found, Part):
                yield found

    async def content(self) -> AsyncIterator[bytes]:
        """The bytes of the file that parts() gave last."""
        while isinstance(found := await self._next(), bytes):
            yield found

    async def _next(self) -> object:
        """A Part, some of its bytes, END_OF_FILE; None at the end of the form."""
        while not self._found:
            if self._is_complete:
                return None
            try:
                self._parser.write(await anext(self._stream))
            except StopAsyncIteration:
                raise _unreadable("it ends too early") from None
            except (FormParserError, LookupError, ValueError) as error:
                raise _unreadable(str(error)) from None
        return self._found.popleft()

    def _callbacks(self) -> "MultipartCallbacks":
        return {
            "on_header_field": lambda data, start, end: self._header[0].extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._header[1].extend(data[start:end]),
            "on_header_end": self._end_header,
            "on_headers_finished": self._begin_part,
            "on_part_data": self._take,
            "on_part_end": self._end_part,
            "on_end": self._end,
        }

    def _end_header(self) -> None:
        field, value = (bytes(part) for part in self._header)
        if field.lower() == b"content-disposition":
            self._disposition = value
        for part in self._header:
            part.clear()

    def _begin_part(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._disposition = b""
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise _unreadable(f"it has more than {MOST_PARTS} parts")
        if b"name" not in options:
            raise _unreadable("a part has no name")
        self._is_file = b"filename" in options
        if self._is_file:
            self._found.append(Part(*(options[key].decode("utf-8", "replace") for key in (b"name", b"filename"))))

    def _take(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self._found.append(data[start:end])
            return
        self._field_bytes += end - start
        if self._field_bytes > MOST_FIELD_BYTES:
            raise _unreadable(f"fields hold more than {MOST_FIELD_BYTES >> 10} KB")

    def _end_part(self) -> None:
        if self._is_file:
            self._found.append(END_OF_FILE)

    def _end(self) -> None:
        self._is_complete = True


def _boundary(content_type: str) -> bytes:
    _, options = parse_options_header(content_type)
    if b"boundary" not in options:
        raise _unreadable("its head names no boundary")
    return options[b"boundary"]


def _unreadable(why: str) -> ApiError:
    return ApiError(400, f"无法读取表单：{why}", english=f"The form cannot be read: {why}.")
