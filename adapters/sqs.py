"""SQS over boto3."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from adapters.ports import Message
from adapters.s3 import translated

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import MessageTypeDef


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
            MessageSystemAttributeNames=["ApproximateReceiveCount", "SentTimestamp"],
        )
        return [_message(raw) for raw in answer.get("Messages", [])]

    @translated
    def send(self, body: str) -> None:
        """Put a message on the queue."""
        self._client.send_message(QueueUrl=self._url, MessageBody=body)

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


def _message(raw: "MessageTypeDef") -> Message:
    attributes = raw.get("Attributes", {})
    sent_ms = attributes.get("SentTimestamp")
    return Message(
        body=raw["Body"],
        receipt=raw["ReceiptHandle"],
        message_id=raw["MessageId"],
        receives=int(attributes.get("ApproximateReceiveCount", "1")),
        sent_at=int(sent_ms) / 1000 if sent_ms else None,
    )
