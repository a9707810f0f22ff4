"""SQS over boto3."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from adapters.ports import Message
from adapters.s3 import translated

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SqsQueue:
    """One queue."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    @translated
    def receive(self, limit: int, wait_seconds: int) -> Sequence[Message]:
        """Long poll: up to `limit` messages (1-10), waiting up to `wait_seconds` (0-20)."""
        answer = self._client.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=limit,
            WaitTimeSeconds=wait_seconds,
            MessageSystemAttributeNames=["ApproximateReceiveCount"],
        )
        return [
            Message(
                body=raw["Body"],
                receipt=raw["ReceiptHandle"],
                message_id=raw["MessageId"],
                receives=int(raw.get("Attributes", {}).get("ApproximateReceiveCount", "1")),
            )
            for raw in answer.get("Messages", [])
        ]

    @translated
    def delete(self, message: Message) -> None:
        """Take a handled message off the queue."""
        self._client.delete_message(QueueUrl=self._url, ReceiptHandle=message.receipt)

    @translated
    def hide(self, message: Message, seconds: int) -> None:
        """Let nobody else receive a message in hand for `seconds` more; 0 gives it back."""
        self._client.change_message_visibility(
            QueueUrl=self._url, ReceiptHandle=message.receipt, VisibilityTimeout=seconds
        )
