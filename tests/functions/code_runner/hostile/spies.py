"""Programs that want to know or reach what is not theirs."""

import os

from tests.functions.code_runner.endings import FAILS, HARMLESS, Ending, fails

# By their numbers, past Python: processes, namespaces, other processes' memory, doors into the kernel.
_NUMBERS = {
    "x86_64": (41, 56, 57, 58, 59, 101, 165, 250, 272, 298, 308, 310, 311, 319, 321, 323, 425, 434, 435, 440),
    "aarch64": (198, 220, 221, 117, 40, 219, 97, 241, 268, 270, 271, 279, 280, 282, 425, 434, 435, 440),
}
_FORBIDDEN_CALLS = f"""
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for number in {_NUMBERS.get(os.uname().machine, ())}:
    if libc.syscall(number, 0, 0, 0, 0, 0, 0) != -1 or ctypes.get_errno() not in (1, 38):
        print("REACHED", number)
print("harmless")
"""
_EVERY_KIND_OF_SOCKET = """
import socket
KINDS = (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET)
for family in range(46):
    for kind in KINDS:
        try:
            socket.socket(family, kind)
            print("REACHED", family, kind)
        except PermissionError:
            pass
for kind in KINDS[1:]:
    try:
        socket.socketpair(socket.AF_UNIX, kind)
        print("REACHED a pair", kind)
    except PermissionError:
        pass
print("harmless")
"""

PROGRAMS: dict[str, tuple[Ending, str]] = {
    "its own environment": (
        FAILS,
        """
import os
print(sorted(os.environ))
print(open('/proc/self/environ').read(), 'end')
""",
    ),
    "its parent's environment": (FAILS, "import os; print(open(f'/proc/{os.getppid()}/environ').read())"),
    "everybody's environment": (
        HARMLESS,
        """
import glob
for path in glob.glob('/proc/[0-9]*/environ') or ['/proc/1/environ']:
    try: print(open(path).read())
    except OSError: pass
print('harmless')
""",
    ),
    "its parent's memory": (FAILS, "import os; open(f'/proc/{os.getppid()}/mem', 'rb').read(1)"),
    "its parent's descriptors": (FAILS, "import os; print(os.listdir(f'/proc/{os.getppid()}/fd'))"),
    "the product's code": (
        fails("ModuleNotFoundError"),
        "import functions.code_runner.handler; print('REACHED')",
    ),
    "what stands above it on the stack": (
        HARMLESS,
        """
import sys
frame = sys._getframe()
while frame:
    print(frame.f_locals.keys(), frame.f_globals.get('__name__'))
    frame = frame.f_back
print('harmless')
""",
    ),
    "every kind of socket": (HARMLESS, _EVERY_KIND_OF_SOCKET),
    "the Runtime API": (
        fails("Operation not permitted"),
        """
import urllib.request
print(urllib.request.urlopen('http://127.0.0.1:9001/2018-06-01/runtime/invocation/next'))
""",
    ),
    "the metadata of the machine": (
        FAILS,
        """
import http.client
c = http.client.HTTPConnection('169.254.169.254', timeout=1)
c.request('GET', '/')
print('REACHED')
""",
    ),
    "a name server": (
        fails("gaierror"),
        "import socket; print(socket.getaddrinfo('example.com', 80), 'REACHED')",
    ),
    "a server of its own": (
        fails("OSError"),
        """
import asyncio
asyncio.run(asyncio.start_server(print, port=8000))
""",
    ),
    "forbidden calls by their numbers": (HARMLESS, _FORBIDDEN_CALLS),
    "calls of the other interface": (
        HARMLESS,
        """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
assert libc.syscall(0x40000000 + 41, 2, 1, 0) == -1
print('harmless')
""",
    ),
    "becoming root": (fails("Error"), "import os; os.setuid(0); print('REACHED')"),
}
