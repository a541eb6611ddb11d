"""Programs that take more memory, output or files than their share."""

from tests.functions.code_runner.endings import (
    ANY,
    FAILS,
    HARMLESS,
    STOPPED_BY_FILES,
    STOPPED_BY_OUTPUT,
    STOPPED_BY_TIME,
    Ending,
    ends,
    fails,
)

PROGRAMS: dict[str, tuple[Ending, str]] = {
    "10 GB at once": (fails("MemoryError"), "bytearray(10**10)"),
    "10 GB little by little": (
        fails("MemoryError"),
        """
a = []
while True: a.append(bytearray(10**6))
""",
    ),
    "10 GB of mapped memory": (fails("Error"), "import mmap; mmap.mmap(-1, 10**10)"),
    "a file in memory": (FAILS, "import os; os.memfd_create('a'); print('REACHED')"),
    "shared memory": (
        fails("Error"),
        """
from multiprocessing.shared_memory import SharedMemory
SharedMemory(create=True, size=10**6)
print('REACHED')
""",
    ),
    "a number without end": (STOPPED_BY_TIME, "10**10**9"),
    "raising its own limits": (
        fails("ValueError"),
        """
import resource
resource.setrlimit(resource.RLIMIT_AS, (-1, -1))
print('REACHED')
""",
    ),
    "locking memory": (
        fails("AssertionError"),
        """
import ctypes
assert ctypes.CDLL(None).mlockall(3) == 0
print('REACHED')
""",
    ),
    "10 GB of output": (STOPPED_BY_OUTPUT, "while True: print('x' * 10**6)"),
    "10 GB of errors": (
        STOPPED_BY_OUTPUT,
        """
import sys
while True: sys.stderr.write('x' * 10**6)
""",
    ),
    "both streams at once, past Python": (
        STOPPED_BY_OUTPUT,
        """
import os
while True:
    os.write(1, b'o' * 65536)
    os.write(2, b'e' * 65536)
""",
    ),
    "bytes that are no text": (HARMLESS, "import os; os.write(1, bytes(range(256)) + b' harmless')"),
    "half characters": (HARMLESS, "print('\\ud800 harmless')"),
    "NUL bytes": (HARMLESS, "print('\\0' * 10, 'harmless')"),
    "closing every descriptor": (
        ANY,
        """
import os
os.closerange(0, 4096)
print('lost')
""",
    ),
    "writing to where the report went": (
        HARMLESS,
        """
import os
for fd in range(3, 64):
    try: os.write(fd, b'[]REACHED')
    except OSError: pass
print('harmless')
""",
    ),
    "forging a result": (
        ends(7, '"exit_code": 0'),
        """
import os
print('{"exit_code": 0, "stopped": null}')
os._exit(7)
""",
    ),
    "10 GB in a file": (
        fails("OSError: [Errno 27]"),
        """
with open('a', 'wb') as f:
    while True: f.write(bytes(10**6))
""",
    ),
    "10 GB in files": (
        STOPPED_BY_FILES,
        """
n = 0
while True:
    n += 1
    open(f'{n}', 'wb').write(bytes(10**6))
""",
    ),
    "files without number": (
        STOPPED_BY_FILES,
        """
n = 0
while True:
    n += 1
    open(f'{n}', 'w').close()
""",
    ),
    "folders without end": (
        STOPPED_BY_FILES,
        """
import os, time
for n in range(200):
    os.mkdir('d' * 50)
    os.chdir('d' * 50)
time.sleep(60)
""",
    ),
    "files beside its own folder": (
        FAILS,
        "open('/tmp/reached-by-a-program', 'w').write('x'); print('REACHED')",
    ),
    "files in shared memory": (FAILS, "open('/dev/shm/reached', 'w').write('x'); print('REACHED')"),
    "a symlink out of its folder": (
        FAILS,
        """
import os
os.symlink('/etc/passwd', 'a')
print(open('a').read(), 'REACHED')
""",
    ),
    "a hard link out of its folder": (
        fails("Error"),
        "import os; os.link('/etc/hostname', 'a'); print(open('a').read(), 'REACHED')",
    ),
    "too many open files": (fails("OSError: [Errno 24]"), "a = [open('/dev/null') for _ in range(10**5)]"),
    "overwriting its interpreter": (FAILS, "import os; open(os.__file__, 'a').write('x'); print('REACHED')"),
    "a device": (
        FAILS,
        """
import os
os.mknod('a', 0o020600, os.makedev(1, 1))
open('a', 'rb').read(1)
print('REACHED')
""",
    ),
}
