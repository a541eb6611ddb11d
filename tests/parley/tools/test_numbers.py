import math
from fractions import Fraction

import pytest

from parley.tools.numbers import presented


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (Fraction(84), 84),
        (Fraction(1, 3), 0.333333333333333),
        (0.1 + 0.2, 0.3),
        (211.99999999999999997, 212),
        (Fraction(2**53), 2**53),
        (Fraction(2**53 + 1), "9007199254740993"),
        (Fraction(1, 10**400), "1E-400"),
        (Fraction(10**400) + Fraction(1, 2), "1E+400"),
        (math.pi, 3.14159265358979),
        (Fraction(0), 0),
    ],
)
def test_a_number_is_told_without_loss_to_its_reader(value, told):
    assert presented(value) == told
    assert type(presented(value)) is type(told)
