"""What can be asked of Bedrock in a region: its foundation models and the inference profiles. Blocks."""

from collections.abc import Iterator
from typing import Any

from parley.models.bedrock_clients import bedrock_client
from parley.models.model_lists import MAX_LISTED_MODELS

_MAX_PAGES = 5
_PAGE_SIZE = 1000


def read_model_names(*, region: str, endpoint_url: str | None) -> list[str]:
    """Raises botocore's errors."""
    from botocore.config import Config

    config = Config(connect_timeout=5, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 2})
    client = bedrock_client("bedrock", region=region, endpoint_url=endpoint_url, config=config)
    names = [*_foundation_models(client), *_inference_profiles(client)]
    return list(dict.fromkeys(names))[:MAX_LISTED_MODELS]


def _foundation_models(client: Any) -> Iterator[str]:
    """Those that stream text and need no profile; the others are in their profiles' list."""
    for model in client.list_foundation_models(byOutputModality="TEXT").get("modelSummaries", []):
        streams = model.get("responseStreamingSupported")
        if streams and "ON_DEMAND" in model.get("inferenceTypesSupported", ["ON_DEMAND"]):
            yield model["modelId"]


def _inference_profiles(client: Any) -> Iterator[str]:
    """A system's profile is asked for by its name, an account's own by its ARN."""
    token: dict[str, str] = {}
    for _ in range(_MAX_PAGES):
        page = client.list_inference_profiles(maxResults=_PAGE_SIZE, **token)
        for profile in page.get("inferenceProfileSummaries", []):
            if profile.get("status") == "ACTIVE":
                own = profile.get("type") == "APPLICATION"
                yield profile["inferenceProfileArn" if own else "inferenceProfileId"]
        if not page.get("nextToken"):
            return
        token = {"nextToken": page["nextToken"]}
