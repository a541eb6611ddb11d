"""Which client answers for which model. Clients are imported when they are first needed: cold starts."""

from parley.models.types import ChatModel
from parley.settings import ModelSettings


class ModelChoice:
    """The deployment's default service, or the demo where none is configured."""

    def __init__(self, settings: ModelSettings) -> None:
        self._settings = settings
        self._default: ChatModel | None = None

    def client(self) -> ChatModel:
        """The same client every time: it keeps its connections."""
        if self._default is None:
            self._default = self._build()
        return self._default

    def name(self, wanted: str) -> str:
        """The model's name as the service is asked for it."""
        return self._settings.name or wanted

    def _build(self) -> ChatModel:
        if self._settings.base_url is None:
            from parley.models.demo import DemoModel

            return DemoModel()
        from parley.models.openai import OpenAIModel

        return OpenAIModel(base_url=self._settings.base_url, api_key=self._settings.api_key)
