"""The product's document, built once."""

from typing import Any

import pytest

from infra.openapi.document import build_document


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    return build_document()
