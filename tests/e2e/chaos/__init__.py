"""People whose clients hang up, repeat, stop, replay and ask anew while workers are killed under them."""

import pytest

# A failure then shows what was compared.
pytest.register_assert_rewrite(f"{__name__}.checks", f"{__name__}.clients", f"{__name__}.visitors")
