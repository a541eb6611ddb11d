import re
from contextlib import suppress
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parley.tools.arithmetic import evaluate
from parley.tools.types import ToolError

_NUMBERS = st.one_of(
    st.integers(0, 10**6).map(str),
    st.decimals(0, 1000, places=3).map(lambda number: format(number, "f")),
)
_EXPRESSIONS = st.recursive(
    _NUMBERS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "//"]), inner).map(" ".join),
        st.tuples(inner, inner).map(lambda pair: f"{pair[0]} % ({pair[1]})"),
        inner.map(lambda text: f"({text})"),
        inner.map(lambda text: f"-{text}"),
        st.tuples(inner, st.integers(0, 3)).map(lambda pair: f"({pair[0]}) ** {pair[1]}"),
    ),
    max_leaves=8,
)


@given(_EXPRESSIONS)
def test_it_agrees_with_python_on_exact_arithmetic(expression):
    exact = re.sub(r"\d+(?:\.\d+)?", lambda number: f"Fraction('{number[0]}')", expression)
    try:
        expected = eval(exact, {"Fraction": Fraction})
    except ZeroDivisionError:
        with pytest.raises(ToolError):
            evaluate(expression)
    else:
        assert evaluate(expression) == expected


@given(st.text(alphabet="0123456789.,+-*/%^()! eπ×sqrtmax", max_size=60))
def test_no_text_makes_it_fail_otherwise_than_with_a_reason(text):
    with suppress(ToolError):
        assert isinstance(evaluate(text), Fraction | float)
