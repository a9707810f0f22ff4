"""Messages that nobody could handle: looking at them, sending them back, dropping them.

SQS has a task for moving (`StartMessageMoveTask`), but it moves all or nothing, and emulators lack
it. Here each message is received, sent, and only then deleted: a program that is killed in between
leaves it twice, which is harmless (one workflow for each upload), and never not at all.
"""

import contextlib
from collections.abc import Generator

from adapters.errors import AdapterError
from adapters.ports import Message
from adapters.sqs import SqsQueue

_BATCH = 10
# A poll of no length asks some of SQS's servers only, and may miss what the others hold.
_WAIT_SECONDS = 1


class DeadLetters:
    """A dead-letter queue and the queue that it belongs to."""

    def __init__(self, dead: SqsQueue, source: SqsQueue) -> None:
        self._dead = dead
        self._source = source
        self._gone: set[str] = set()

    def each(self, limit: int, *, batch: int = _BATCH) -> Generator[Message, None, None]:
        """Up to `limit` messages, each once, received `batch` (1-10) at a time.

        They are in hand until the end. What is not redriven or dropped then is given back, so that
        the next one who looks finds it at once. Raises AdapterError.
        """
        held: dict[str, Message] = {}
        try:
            while more := self._dead.receive(min(batch, limit - len(held)), _WAIT_SECONDS):
                fresh = [message for message in more if message.message_id not in held]
                # A message that comes again has the receipt that counts.
                held |= {message.message_id: message for message in more}
                yield from fresh
                if len(held) >= limit or len(fresh) < len(more):
                    return
        finally:
            for message in held.values():
                self._give_back(message)

    def redrive(self, message: Message) -> None:
        """Send a message of `each` back to where it came from. Raises AdapterError."""
        self._source.send(message.body)
        self.drop(message)

    def drop(self, message: Message) -> None:
        """Delete a message of `each`. Raises AdapterError."""
        self._dead.delete(message)
        self._gone.add(message.message_id)

    def _give_back(self, message: Message) -> None:
        if message.message_id not in self._gone:
            # Otherwise it comes back by itself when its time is over.
            with contextlib.suppress(AdapterError):
                self._dead.hide(message, 0)
