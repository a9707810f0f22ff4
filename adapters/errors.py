"""Foreign errors, translated at the border: the type says whether trying again can help."""


class AdapterError(Exception):
    """Something outside answered otherwise than hoped."""


class TransientError(AdapterError):
    """A network, a server or a disk that may be better in a moment: try again."""


class ObjectMissingError(AdapterError):
    """No object under this key."""


class ObjectTooLargeError(AdapterError):
    """The object has more bytes than the caller takes."""


class AccessRefusedError(AdapterError):
    """The service knows us and says no: a matter of credentials or policy, not of time."""


class InvalidIdentityError(AdapterError):
    """An identity token that cannot be believed; the message says why."""


class ExpiredIdentityError(InvalidIdentityError):
    """A token that was good once."""


class IsolatedCallError(AdapterError):
    """A call in a process of its own got no answer; what it was given may be the reason."""


class ProcessCrashedError(IsolatedCallError):
    """The process died in the middle of the call."""


class ProcessHungError(IsolatedCallError):
    """The call took longer than it may; its process was killed."""


class ProcessOutOfMemoryError(IsolatedCallError):
    """The call wanted more memory than it may have."""
