"""Starting things side by side, each as soon as what it needs is there."""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from devstack.errors import Cancelled


def start_in_order(
    needs: Mapping[str, frozenset[str]], start: Callable[[str], None], cancel: threading.Event
) -> None:
    """Call `start(name)` for every name, in threads, once all of its needs have been started.

    Needs that are not among the names are taken as there. The first failure sets `cancel`, waits
    for the other starts to give up, and is raised. Raises Cancelled when `cancel` is set.
    """
    done: set[str] = set()
    waiting = dict(needs)
    running: dict[Future[None], str] = {}
    with ThreadPoolExecutor(len(needs) or 1, thread_name_prefix="start") as pool:
        try:
            while waiting or running:
                for name in [n for n, wanted in waiting.items() if wanted & needs.keys() <= done]:
                    del waiting[name]
                    running[pool.submit(start, name)] = name
                done |= _finished(running)
                if cancel.is_set():
                    raise Cancelled("stopped while starting")
        except BaseException:
            cancel.set()
            raise


def _finished(running: dict[Future[None], str]) -> set[str]:
    """The names that have started by now; a short wait, so that signals are seen between two."""
    ended, _ = wait(running, timeout=0.1, return_when=FIRST_COMPLETED)
    names = {running.pop(future) for future in ended}
    for future in ended:
        future.result()
    return names
