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
