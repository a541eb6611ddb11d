"""Programs that turn against their own interpreter."""

from tests.functions.code_runner.endings import ANY, Ending, ends, fails

PROGRAMS: dict[str, tuple[Ending, str]] = {
    "os._exit": (ends(3), "import os; os._exit(3)"),
    "a segmentation fault": (ends(-11), "import ctypes; ctypes.string_at(0)"),
    "aborting": (ends(-6), "import os; os.abort()"),
    "deep recursion": (
        fails("RecursionError"),
        """
def f(): f()
f()
""",
    ),
    "deeper recursion": (
        ANY,
        """
import sys
sys.setrecursionlimit(10**9)
class A:
    def __getattr__(self, n): return getattr(self, n + 'a')
A().a
""",
    ),
    "corrupt bytecode": (
        ANY,
        """
def f(): pass
f.__code__ = f.__code__.replace(co_code=b'\\xff\\x00' * 50)
f()
""",
    ),
    "a type collected while in use": (
        ANY,
        """
import gc
gc.set_threshold(1)
for o in gc.get_objects():
    try: o.clear()
    except Exception: pass
""",
    ),
    "an audit hook that raises": (
        ANY,
        """
import sys
def hook(*_): raise SystemError('no')
sys.addaudithook(hook)
open('a')
""",
    ),
    "an exception hook that raises": (
        fails(""),
        """
import sys
def hook(*_): raise ValueError('mine')
sys.excepthook = hook
1/0
""",
    ),
    "nested comprehensions": (ANY, "x = " + "[" * 150 + "1" + " for _ in '1']" * 150),
    "nested brackets": (fails("SyntaxError"), "(" * 50_000),
    "a NUL in the source": (fails("SyntaxError"), "print(1)\0"),
    "half a character in the source": (fails("UnicodeEncodeError"), "print('\ud800')"),
    "reading its input": (fails("EOFError"), "print(repr(input()), 'REACHED')"),
    "taking the streams away": (
        fails(""),
        """
import sys
sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = None
1/0
""",
    ),
    "an interpreter of its own": (
        ANY,
        """
import _interpreters
i = _interpreters.create()
_interpreters.run_string(i, 'import os; os.fork()')
print('harmless')
""",
    ),
}
