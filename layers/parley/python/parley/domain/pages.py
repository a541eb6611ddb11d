"""Pages of a list: by number, or by cursor at constant cost."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRequest:
    """`number` counts from 1; a cursor, where given, takes its place."""

    number: int = 1
    size: int = 20
    cursor: str | None = None

    @property
    def offset(self) -> int:
        return 0 if self.cursor else (self.number - 1) * self.size


@dataclass(frozen=True, slots=True, kw_only=True)
class Page[T]:
    """`next_cursor` is None at the end of the list."""

    items: list[T]
    total: int
    next_cursor: str | None = None

    def map[U](self, convert: Callable[[T], U]) -> "Page[U]":
        return Page(
            items=[convert(item) for item in self.items], total=self.total, next_cursor=self.next_cursor
        )
