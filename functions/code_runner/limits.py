"""How much one run may take."""

from dataclasses import dataclass

_MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`seconds` is wall-clock time; the processor's time may be twice that, for programs with threads.

    Each of the streams is cut after `stream_bytes`; a program that goes on to `output_bytes` in both together
    is stopped. `tasks` counts threads. The scratch limits are for all files together.
    """

    seconds: float
    memory_bytes: int = 512 * _MEGABYTE
    file_bytes: int = 32 * _MEGABYTE
    open_files: int = 64
    tasks: int = 64
    stream_bytes: int = 32 * 1024
    output_bytes: int = 16 * _MEGABYTE
    scratch_bytes: int = 64 * _MEGABYTE
    scratch_entries: int = 5_000
