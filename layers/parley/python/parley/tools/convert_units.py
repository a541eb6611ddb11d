"""The `convert_units` tool."""

from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any

from pydantic import Field

from parley.tools.numbers import presented
from parley.tools.registry import tool
from parley.tools.types import ToolCategory

MAX_UNIT_CHARACTERS = 60

_TEXT = Field(min_length=1, max_length=MAX_UNIT_CHARACTERS)
Value = Annotated[float, Field(allow_inf_nan=False)]
FromUnit = Annotated[
    str, _TEXT, Field(description="For example: km/h, °C, US gallon, MiB, kg*m^2/s^2, 平方米.")
]
ToUnit = Annotated[str, _TEXT, Field(description="A unit of the same dimension.")]


@tool(category=ToolCategory.DATA, timeout_seconds=15)
def convert_units(value: Value, from_: FromUnit, to: ToUnit) -> dict[str, Any]:
    """Convert a value from one unit to another: length, mass, temperature, area, volume, speed, time, data
    (MB is 10^6 bytes, MiB 2^20), energy, power, pressure, angle, fuel consumption (mpg, L/100km) and others,
    but no currencies. explanation names the units as they were understood.
    """
    from parley.tools.unit_conversion import convert

    exact = Fraction(Decimal(repr(value)))  # the shortest decimal that means this double is what was written
    conversion = convert(exact, from_, to)
    given, result = presented(exact), presented(conversion.result)
    return {
        "value": given,
        "from": from_,
        "to": to,
        "result": result,
        "explanation": f"{given} {conversion.source} = {result} {conversion.target}".strip(),
    }
