"""Running a program as an ordinary user when we are root.

PostgreSQL refuses to run as root. The user `nobody` is on every machine; keeping the one
capability "may pass any directory" means that no permission of the machine has to be opened for it
(the repository may lie below a private home directory).
"""

import os
import pwd
import re
import shutil
import signal
from collections.abc import Sequence
from pathlib import Path

from devstack.errors import StackError

_USER = "nobody"
_CAP_DAC_OVERRIDE = 1 << 1


def command(argv: Sequence[str], death_signal: signal.Signals) -> list[str]:
    """`argv` as it must be run: unchanged for an ordinary user, wrapped in setpriv for root.

    Changing the user clears the death signal, so setpriv sets it again. Raises StackError
    when root has no setpriv (util-linux).
    """
    if os.geteuid() != 0:
        return list(argv)
    if shutil.which("setpriv") is None:
        raise StackError("running as root needs `setpriv` (util-linux), or run as another user")
    user = pwd.getpwnam(_USER)
    wrapper = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    if _may_override():
        wrapper += ["--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override"]
    name = signal.Signals(death_signal).name.removeprefix("SIG")
    return [*wrapper, f"--pdeathsig={name}", "--", *argv]


def give(path: Path) -> None:
    """Make that user the owner of `path`; nothing to do when we are not root."""
    if os.geteuid() == 0:
        user = pwd.getpwnam(_USER)
        os.chown(path, user.pw_uid, user.pw_gid)


def _may_override() -> bool:
    """Containers may have taken this capability from root."""
    status = Path("/proc/self/status").read_text("utf-8")
    match = re.search(r"^CapPrm:\s*([0-9a-f]+)$", status, re.MULTILINE)
    return bool(match and int(match.group(1), 16) & _CAP_DAC_OVERRIDE)
