"""Reads what people write for a unit into names and powers; pint, which would evaluate it, never sees it."""

import re
import unicodedata
from collections.abc import Callable

from parley.tools import chinese_units
from parley.tools.types import ToolError
from parley.tools.unit_aliases import CURRENCIES, EXACT, SPELLINGS

# The unit's own name, or None where there is no such unit.
type Lookup = Callable[[str], str | None]
# Names with their powers, all different from 0.
type Factors = list[tuple[str, int]]

_MAX_FACTORS = 8
_MAX_POWER = 9

_RAISED = re.compile("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_RAISED_DIGITS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
# Before Unicode's compatible form, which turns the first two into an o and into two primes.
_SIGNS = str.maketrans({"º": "°", "″": '"', "×": "*", "·": "*", "⋅": "*", "÷": "/", "每": "/", "−": "-"})
_NAME = re.compile(r"°?[^\W\d]\w{0,39}|[%‰'\"′°]")
_POWER = re.compile(r"(?P<name>[^^]+)\^(?P<power>-?\d{1,2})")
_DIGIT_BEHIND = re.compile(r"(?P<name>.*[^\W\d_])(?P<power>[23])")
_POWER_BEFORE = re.compile(r"(?P<word>square|sq|cubic|cu|平方|立方)[ _]?(?P<name>.+)", re.IGNORECASE)
_POWER_WORDS = {"square": 2, "sq": 2, "平方": 2, "cubic": 3, "cu": 3, "立方": 3}


def read_unit(text: str, lookup: Lookup) -> Factors:
    """The factors of a unit such as km/h, kg*m², `square feet` or 公里/小时. Raises `ToolError`."""
    plain = _normalised(text)
    if plain.lower() in CURRENCIES:
        raise ToolError(f"{text!r} is a currency: exchange rates change daily and have to be looked up.")
    # L/100 km is one name, though it looks like several.
    factors = _product(SPELLINGS.get(plain.replace(" ", "").lower(), plain), lookup)
    if len(factors) > _MAX_FACTORS or any(abs(power) > _MAX_POWER for _, power in factors):
        raise ToolError(f"{text!r} is too long for a unit.")
    return factors


def _normalised(text: str) -> str:
    raised = _RAISED.sub(lambda digits: f"^{digits[0].translate(_RAISED_DIGITS)}", text)
    plain = unicodedata.normalize("NFKC", raised.translate(_SIGNS)).replace("**", "^")
    plain = re.sub(r"\bper\b", "/", " ".join(plain.split()))
    return re.sub(r" ?([*/^]) ?", r"\1", plain).strip()


def _product(text: str, lookup: Lookup) -> Factors:
    """From left to right, as in arithmetic: a/b*c is (a/b)*c; but words without a sign belong together."""
    factors: Factors = []
    sign = 1
    for piece in re.split(r"([*/])", text):
        if piece in ("*", "/"):
            sign = 1 if piece == "*" else -1
        elif not piece:
            raise ToolError(f"{text!r} is not a unit: a name is missing before or behind a sign.")
        elif piece != "1":  # as in 1/s
            factors += [(name, sign * power) for name, power in _factor(piece, lookup)]
    return factors


def _factor(piece: str, lookup: Lookup) -> Factors:
    known = _known(piece, lookup)
    if known is not None:
        return known
    if found := _POWER.fullmatch(piece):
        return _raised(_factor(found["name"], lookup), int(found["power"]))
    if found := _POWER_BEFORE.fullmatch(piece):
        return _raised(_factor(found["name"], lookup), _POWER_WORDS[found["word"].lower()])
    if found := _DIGIT_BEHIND.fullmatch(piece):
        return _raised(_factor(found["name"], lookup), int(found["power"]))
    first, _, rest = piece.partition(" ")
    if rest:
        return _factor(first, lookup) + _factor(rest, lookup)
    raise ToolError(f"There is no unit named {piece!r}; units are written like km/h, fl oz, kg*m^2, °C.")


def _raised(factors: Factors, power: int) -> Factors:
    return [(name, before * power) for name, before in factors if power]


def _known(text: str, lookup: Lookup) -> Factors | None:
    name = text.replace(" ", "_")
    if name in EXACT:
        return _product(EXACT[name], lookup)
    found = lookup(name) if _NAME.fullmatch(name) else None
    if found is not None:
        return [(found, 1)]
    if name.lower() in SPELLINGS:
        return _product(SPELLINGS[name.lower()], lookup)
    chinese = _chinese(name)
    if chinese is not None:
        return [(chinese, 1)]
    found = lookup(name.lower()) if _NAME.fullmatch(name) else None
    return None if found is None else [(found, 1)]


def _chinese(name: str) -> str | None:
    if name in chinese_units.UNITS:
        return chinese_units.UNITS[name]
    prefix, base = chinese_units.PREFIXES.get(name[:1]), chinese_units.UNITS.get(name[1:])
    return prefix + base if prefix and base else None
