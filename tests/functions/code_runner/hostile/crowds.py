"""Programs that want to be many, or to end others."""

from tests.functions.code_runner.endings import FAILS, STOPPED_BY_TIME, Ending, ends, fails

PROGRAMS: dict[str, tuple[Ending, str]] = {
    "a fork bomb": (
        FAILS,
        """
import os
while True: os.fork()
""",
    ),
    "a fork bomb that swallows errors": (
        STOPPED_BY_TIME,
        """
import os
while True:
    try: os.fork()
    except OSError: pass
""",
    ),
    "a shell": (ends(0), "import os; print(os.system('echo REACHED'))"),
    "another program": (FAILS, "import subprocess; subprocess.run(['/bin/echo', 'REACHED'])"),
    "a daemon that outlives the run": (
        FAILS,
        """
import os
if os.fork() == 0:
    os.setsid()
    os.fork()
    while True: pass
""",
    ),
    "a process pool": (
        fails("Error"),
        """
from concurrent.futures import ProcessPoolExecutor
print(*ProcessPoolExecutor(2).map(abs, [1]), 'REACHED')
""",
    ),
    "a thread bomb": (
        fails("can't start new thread"),
        """
import threading, time
threading.stack_size(32768)
while True: threading.Thread(target=time.sleep, args=(0.5,)).start()
""",
    ),
    "killing all processes": (FAILS, "import os; os.kill(-1, 9)"),
    "killing its parent": (FAILS, "import os; os.kill(os.getppid(), 9)"),
    "killing its group": (FAILS, "import os; os.killpg(0, 9)"),
    "killing its parent over a descriptor": (
        FAILS,
        """
import fcntl, os, signal
r, w = os.pipe()
fcntl.fcntl(r, 10, signal.SIGKILL)
fcntl.fcntl(r, 8, os.getppid())
print('REACHED')
""",
    ),
    "lowering its parent's limits": (
        FAILS,
        """
import os, resource
resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (0, 0))
print('REACHED')
""",
    ),
    "slowing down its parent": (
        FAILS,
        "import os; os.setpriority(os.PRIO_PROCESS, os.getppid(), 19); print('REACHED')",
    ),
}
