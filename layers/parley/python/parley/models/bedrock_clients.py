"""Makes boto3's clients for Bedrock."""

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.config import Config
    from botocore.loaders import Loader


def bedrock_client(service: str, *, region: str, endpoint_url: str | None, config: "Config") -> Any:
    """A client with a session of its own. Blocks; the first takes a tenth of a second."""
    import botocore.session
    from boto3.session import Session

    core = botocore.session.Session()
    core.register_component("data_loader", _data_loader())
    session = Session(botocore_session=core)
    client: Any = session.client(service, region_name=region, endpoint_url=endpoint_url, config=config)  # type: ignore[call-overload] # by name
    return client


@cache
def _data_loader() -> "Loader":
    """The services' models, parsed once: that is what takes a client its time."""
    from botocore.loaders import create_loader

    return create_loader()
