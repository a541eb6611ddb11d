"""What requests may hold: exactly what the document says."""

import pytest
from pydantic import ValidationError

from parley.http.fields import MaxTokens, RequestBody, Temperature, without_defaults


class Knobs(RequestBody):
    max_tokens: MaxTokens = 1
    temperature: Temperature = 1.0
    enabled: bool = False
    name: str = ""


@pytest.mark.parametrize(
    "fields",
    [
        {"max_tokens": "12"},
        {"max_tokens": 1.5},
        {"max_tokens": True},
        {"max_tokens": 1e400},
        {"temperature": "1"},
        {"temperature": True},
        {"enabled": 1},
        {"enabled": "true"},
        {"name": 1},
    ],
)
def test_a_value_of_another_type_is_not_taken_for_what_it_could_mean(fields):
    with pytest.raises(ValidationError):
        Knobs(**fields)


def test_a_whole_number_may_be_written_with_a_point_and_a_float_without():
    knobs = Knobs(max_tokens=12.0, temperature=1)
    assert (knobs.max_tokens, knobs.temperature) == (12, 1.0)
    assert (type(knobs.max_tokens), type(knobs.temperature)) == (int, float)


@pytest.mark.parametrize(
    ("given", "kept"), [(0.7, 0.7), (2.2e-309, 0.0), (0.12345678, 0.123457), (-0.0, 0.0), (2, 2.0)]
)
def test_a_temperature_is_kept_to_the_millionth(given, kept):
    assert str(Knobs(temperature=given).temperature) == str(kept)


def test_what_may_be_left_out_is_told_without_a_default():
    schema = Knobs.model_json_schema()
    without_defaults(schema)
    assert schema["properties"]["name"] == {"type": "string", "title": "Name"}
