"""What DynamoDB charges for, by its documented rules: moto reports the same number for every call.

Sources: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/LSI.html
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any, Self

from infra.topology import Table

type StoredItem = Mapping[str, Mapping[str, Any]]

# On demand in us-east-1, as of November 2025. https://aws.amazon.com/dynamodb/pricing/on-demand/
DOLLARS_PER_MILLION_WRITE_UNITS = 0.625
DOLLARS_PER_MILLION_READ_UNITS = 0.125

_WRITE_UNIT_BYTES = 1024
_READ_UNIT_BYTES = 4096


@dataclass(frozen=True)
class Capacity:
    write_units: float = 0
    read_units: float = 0

    def __add__(self, other: Self) -> Self:
        return type(self)(self.write_units + other.write_units, self.read_units + other.read_units)

    def __sub__(self, other: Self) -> Self:
        return self + other * -1

    def __mul__(self, times: float) -> Self:
        return type(self)(self.write_units * times, self.read_units * times)

    def dollars(self, *, times: int = 1) -> float:
        writes = self.write_units * DOLLARS_PER_MILLION_WRITE_UNITS
        return (writes + self.read_units * DOLLARS_PER_MILLION_READ_UNITS) * times / 1_000_000


def read_capacity(items: Iterable[StoredItem], *, consistent: bool) -> Capacity:
    """Of one call, whatever part of the items it returns; nothing found costs as much as a little."""
    units = max(1, ceil(sum(map(size_bytes, items)) / _READ_UNIT_BYTES))
    return Capacity(read_units=units if consistent else units / 2)


def write_capacity(table: Table, before: StoredItem | None, after: StoredItem | None) -> Capacity:
    """Of one item and its index entries; also where the condition failed, and both are what was there."""
    units = _write_units(before, after)
    for index in table.indexes:
        projected = {table.partition_key, table.sort_key, index.sort_key, *index.attributes}
        units += _index_units(
            index.sort_key,
            _entry(before, index.sort_key, projected),
            _entry(after, index.sort_key, projected),
        )
    return Capacity(write_units=units)


def _entry(item: StoredItem | None, sort_key: str, projected: set[str]) -> StoredItem | None:
    if item is None or sort_key not in item:
        return None
    return {name: value for name, value in item.items() if name in projected}


def _index_units(sort_key: str, before: StoredItem | None, after: StoredItem | None) -> int:
    """A key that changes is a deletion and a put; what is as it was costs nothing."""
    if before == after:
        return 0
    if before and after and before[sort_key] != after[sort_key]:
        return _write_units(before, None) + _write_units(None, after)
    return _write_units(before, after)


def _write_units(before: StoredItem | None, after: StoredItem | None) -> int:
    return max(1, ceil(max(size_bytes(before or {}), size_bytes(after or {})) / _WRITE_UNIT_BYTES))


def size_bytes(item: StoredItem) -> int:
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: Mapping[str, Any]) -> int:
    (kind, content), *_ = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "B":
            return len(content)
        case "N":
            return ceil(len(content.strip("-").replace(".", "").strip("0")) / 2) + 1 + content.startswith("-")
        case "L":
            return 3 + sum(1 + _value_bytes(each) for each in content)
        case "M":
            return 3 + len(content) + size_bytes(content)
        case _:
            return 1
