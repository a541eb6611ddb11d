"""The addresses of a service's API, however its users write the root of it."""

from urllib.parse import urlsplit, urlunsplit

from parley.models.types import ModelError


def service_url(base_url: str, path: str, *, ending: str, version: str = "") -> str:
    """`path` under the API's root, which may be given with `ending`; `version` is put in where it lacks.

    A query stays. Raises `ModelError`.
    """
    try:
        parts = urlsplit(base_url.strip())
    except ValueError:
        raise ModelError(
            "The model's service cannot be reached: its address is not valid.", type="model_unreachable"
        ) from None
    root = parts.path.rstrip("/").removesuffix(ending).rstrip("/")
    if not root.endswith(version):
        root += version
    return urlunsplit(parts._replace(path=root + path))
