"""What can go wrong with the stack, each as one readable line."""


class StackError(Exception):
    """The stack cannot start or go on; the message is one line a person can act on."""


class Cancelled(StackError):  # noqa: N818 nothing went wrong
    """Somebody asked the stack to stop while it was starting."""
