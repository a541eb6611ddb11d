"""Converts between units with pint, exactly: its definitions are read as fractions."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from parley.tools.types import ToolError
from parley.tools.unit_aliases import DEFINITIONS, SECOND_READINGS
from parley.tools.unit_names import Factors, read_unit

if TYPE_CHECKING:
    from parley.tools.arithmetic_functions import Number

_FUEL = [{"[length]": 2}, {"[length]": -2}]  # litres on a way, and miles with a gallon


class Conversion(NamedTuple):
    """The units with their full names, as they were understood; a plain number has none."""

    result: Number
    source: str
    target: str


def convert(value: Fraction, source: str, target: str) -> Conversion:
    """Raises `ToolError`: an unknown unit, a currency, dimensions that differ."""
    first = read_unit(source, _lookup), read_unit(target, _lookup)
    second = _second_reading(first[0]), _second_reading(first[1])
    for from_factors, to_factors in (first, second):
        from_unit, to_unit = _unit(from_factors), _unit(to_factors)
        if from_unit.dimensionality == to_unit.dimensionality:
            result = _converted(value, from_unit, to_unit)
        elif [dict(from_unit.dimensionality), dict(to_unit.dimensionality)] in (_FUEL, _FUEL[::-1]):
            result = _converted(_inverse(value), from_unit**-1, to_unit)
        else:
            continue
        return Conversion(result, _written(from_factors), _written(to_factors))
    raise ToolError(_mismatch(source, _unit(first[0]), target, _unit(first[1])))


@cache
def _registry() -> Any:
    """Loading takes a quarter of a second, and is done once in a process.

    Without pint's own cache of all its units: it takes as long again, and would not see our definitions.
    """
    import pint

    registry = pint.UnitRegistry(None, non_int_type=Fraction, on_redefinition="ignore")
    registry.load_definitions(Path(pint.__file__).with_name("default_en.txt"))
    for definition in DEFINITIONS:
        registry.define(definition)
    return registry


def _lookup(name: str) -> str | None:
    found = _registry().parse_unit_name(name)
    return found[0][0] + found[0][1] if found else None


def _second_reading(factors: Factors) -> Factors:
    return [
        (name, power * factor)
        for unit, factor in factors
        for name, power in SECOND_READINGS.get(unit, [(unit, 1)])
    ]


def _unit(factors: Factors) -> Any:
    registry = _registry()
    if len(factors) == 1 and factors[0][1] == 1:
        return registry.Unit(factors[0][0])
    product = registry.Unit("")
    for name, power in factors:
        # A degree in J/kg/°C is a step on the scale, not a point of it.
        step = _lookup(f"delta_{name}")
        product *= registry.Unit(step or name) ** power
    return product


def _converted(value: Fraction, from_unit: Any, to_unit: Any) -> Number:
    try:
        result: Number = _registry().Quantity(value, from_unit).to(to_unit).magnitude
        return result
    # A temperature into a difference of two, or what has no logarithm. Its own words fail over fractions.
    except (TypeError, ValueError, ArithmeticError):
        raise ToolError(
            "The value has no counterpart in this unit, though its dimension is the same."
        ) from None


def _inverse(value: Fraction) -> Fraction:
    if value == 0:
        raise ToolError("0 has no counterpart in this unit.")
    return 1 / value


def _mismatch(source: str, from_unit: Any, target: str, to_unit: Any) -> str:
    from_dimension = _written(from_unit.dimensionality.items()) or "a plain number"
    to_dimension = _written(to_unit.dimensionality.items()) or "a plain number"
    return f"These do not convert: {source} is {from_dimension}, {target} is {to_dimension}."


def _written(factors: Iterable[tuple[str, Any]]) -> str:
    """pint cannot write powers that are fractions."""
    above = [_power(name, power) for name, power in factors if power > 0]
    below = [_power(name, -power) for name, power in factors if power < 0]
    return "/".join([" * ".join(above) or ("1" if below else ""), *below])


def _power(name: str, power: Any) -> str:
    plain = name.strip("[]").replace("_", " ")
    return plain if power == 1 else f"{plain}^{power}"
