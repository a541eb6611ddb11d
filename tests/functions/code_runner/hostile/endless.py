"""Programs that do not end by themselves."""

from tests.functions.code_runner.endings import STOPPED_BY_TIME, Ending

PROGRAMS: dict[str, tuple[Ending, str]] = {
    "a busy loop": (STOPPED_BY_TIME, "while True: pass"),
    "sleeping past the limit": (STOPPED_BY_TIME, "import time; time.sleep(60)"),
    "ignoring every signal": (
        STOPPED_BY_TIME,
        """
import signal
for n in set(signal.valid_signals()) - {9, 19}:
    signal.signal(n, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
while True: pass
""",
    ),
    "catching everything": (
        STOPPED_BY_TIME,
        """
while True:
    try:
        while True: pass
    except BaseException: pass
""",
    ),
    "threads that never end": (
        STOPPED_BY_TIME,
        """
import threading, time
for _ in range(8): threading.Thread(target=time.sleep, args=(60,)).start()
""",
    ),
    "an exit handler that never ends": (
        STOPPED_BY_TIME,
        """
import atexit, time
atexit.register(time.sleep, 60)
""",
    ),
    "one long step of C": (STOPPED_BY_TIME, "sum(range(10**12))"),
    "stopping itself": (STOPPED_BY_TIME, "import os, signal; os.kill(os.getpid(), signal.SIGSTOP)"),
    "a trace function that loops": (
        STOPPED_BY_TIME,
        """
import sys
def trace(*_):
    while True: pass
sys.settrace(trace)
def f(): pass
f()
""",
    ),
}
