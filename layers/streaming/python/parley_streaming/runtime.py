"""AWS's own runtime loop with a client that can stream. Nothing else here needs awslambdaric."""

from typing import Any

from awslambdaric import bootstrap
from awslambdaric.lambda_config import LambdaConfigProvider
from awslambdaric.lambda_runtime_client import LambdaRuntimeClient
from awslambdaric.lambda_runtime_marshaller import LambdaMarshaller

from parley_streaming import activation
from parley_streaming.adapter import StreamedResponse
from parley_streaming.protocol import ResponsePost


class StreamingMarshaller(LambdaMarshaller):  # type: ignore[misc]  # awslambdaric is not typed
    def marshal_response(self, response: object) -> tuple[Any, str]:
        if isinstance(response, StreamedResponse):
            return response, "application/vnd.awslambda.http-integration-response"
        data, content_type = super().marshal_response(response)
        return data, content_type


class StreamingRuntimeClient(LambdaRuntimeClient):  # type: ignore[misc]  # awslambdaric is not typed
    marshaller = StreamingMarshaller()

    def post_invocation_result(
        self,
        invoke_id: str,
        result_data: StreamedResponse | str | bytes,
        content_type: str = "application/json",
        invocation_id: str | None = None,
    ) -> None:
        if isinstance(result_data, StreamedResponse):
            result_data.send_to(
                ResponsePost(self.lambda_runtime_address, invoke_id, invocation_id=invocation_id)
            )
        else:
            super().post_invocation_result(invoke_id, result_data, content_type, invocation_id)


def run(handler: str) -> None:
    """Serves invocations until the process ends. `handler` is `package.module.attribute`."""
    activation.activate()
    config = LambdaConfigProvider(["parley_streaming", handler])
    bootstrap.run(handler, StreamingRuntimeClient(config.api_address, config.use_thread_polling))
