"""Files from outside are read in a process of their own, which is ended when it takes too much.

A crafted file can lead a reader of spreadsheets or maps to take all memory, never to end, or to
break. The process that reads is given neither the database nor the keys nor the settings; plain
values come back, and nothing that the file made of it can be carried out here. It is the same user
of the machine: this keeps out files that break a reader, not one that takes the process over.
"""

from __future__ import annotations

import io
import multiprocessing
import os
import pickle
import signal
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext, SpawnContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Final, TypeVar

from exchange.errors import ExchangeError, Fault
from exchange.tabular import MOST_UNPACKED_BYTES
from geo.errors import GeoError

T = TypeVar("T")
LOOK_EVERY_SECONDS: Final = 0.01
SETTINGS: Final = ("TSUNAGITE_", "PG")
"""How the names of settings begin that reading a file has no use for."""
PRELOADED: Final = ["__main__", "exchange.sources", "python_calamine"]
PLAIN: Final = frozenset(
    {
        ("datetime", "date"),
        ("datetime", "datetime"),
        ("datetime", "time"),
        ("datetime", "timedelta"),
        ("exchange.errors", "Fault"),
        ("exchange.readers.boundaries", "Shape"),
        ("exchange.readers.boundaries", "Shapes"),
        ("exchange.report", "Skipped"),
        ("exchange.tabular", "Record"),
        ("exchange.tabular", "Table"),
    }
)
"""What the answer of the process may be made of, beside text, numbers and lists."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What reading one file may take.

    Parameters
    ----------
    work_seconds
        Of a processor.
    seconds
        Of the clock, however busy the machine is.
    memory_bytes
        Resident in the whole process, with the libraries that it has loaded.
    answer_bytes
        What comes back.
    """

    work_seconds: int = 10
    seconds: float = 120
    memory_bytes: int = 256 * 2**20
    answer_bytes: int = 100 * 2**20


BOUNDS: Final = Bounds()


def read_apart(read: Callable[[Path], T], path: Path, bounds: Bounds = BOUNDS) -> T:
    """Read a file in another process.

    Parameters
    ----------
    read
        A function of a module, or a partial of one; its value is made of what `PLAIN` allows.

    Raises
    ------
    ExchangeError
        What `read` raises; `file_takes_too_long`, `file_takes_too_much`, `file_stops_reader`.
    """
    context = _context()
    with tempfile.TemporaryDirectory() as folder:
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(
            target=_work, args=(sender, folder, bounds, read, path.absolute()), daemon=True
        )
        process.start()
        sender.close()
        ends_at = time.monotonic() + bounds.seconds
        try:
            _wait(process, receiver, path.name, bounds, ends_at)
            answer = _receive(process, receiver, bounds, ends_at)
        except OSError as error:
            if time.monotonic() > ends_at:
                raise ExchangeError("file_takes_too_long", file=path.name) from error
            # The answer is longer than may be.
            raise ExchangeError("file_takes_too_much", file=path.name) from error
        except EOFError as error:
            process.join()
            raise ExchangeError(_why_ended(process), file=path.name) from error
        finally:
            process.kill()
            process.join()
            process.close()
            receiver.close()
    said, value = _unpacked(answer)
    if said == "read":
        read_value: T = value
        return read_value
    if said == "refused":
        raise value.error()
    raise ExchangeError("file_broken", file=path.name) from RuntimeError(value)


def _context() -> ForkServerContext | SpawnContext:
    """Return how processes start: from one that has loaded the readers, where there can be one."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


def _wait(
    process: BaseProcess, receiver: Connection, file: str, bounds: Bounds, ends_at: float
) -> None:
    """Return when there is something to receive, or the process has ended."""
    while not receiver.poll(LOOK_EVERY_SECONDS):
        if resident_bytes(process.pid) > bounds.memory_bytes:
            raise ExchangeError("file_takes_too_much", file=file)
        if time.monotonic() > ends_at:
            raise ExchangeError("file_takes_too_long", file=file)


def _receive(process: BaseProcess, receiver: Connection, bounds: Bounds, ends_at: float) -> bytes:
    """Return the answer; a process that stops in the middle of it is ended in time."""
    watch = threading.Timer(max(0.0, ends_at - time.monotonic()), process.kill)
    watch.start()
    try:
        return receiver.recv_bytes(bounds.answer_bytes)
    finally:
        watch.cancel()
        watch.join()


def _why_ended(process: BaseProcess) -> str:
    is_out_of_time = process.exitcode == -getattr(signal, "SIGXCPU", 0)
    return "file_takes_too_long" if is_out_of_time else "file_stops_reader"


def resident_bytes(pid: int | None) -> int:
    """Return how much memory a process takes; 0 where the system does not tell."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1])
    except (OSError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGESIZE")


class _PlainOnly(pickle.Unpickler):
    """Makes values only: whatever took over the process cannot have anything carried out here."""

    def find_class(self, module_name: str, global_name: str) -> Any:
        if (module_name, global_name) not in PLAIN:
            raise pickle.UnpicklingError(f"{module_name}.{global_name} is no plain value")
        return super().find_class(module_name, global_name)


def _unpacked(answer: bytes) -> tuple[str, Any]:
    try:
        said, value = _PlainOnly(io.BytesIO(answer)).load()
    except pickle.UnpicklingError as error:
        return "broken", str(error)
    return said, value


# ------------------------------------------------------------------ in the other process
def _work(
    sender: Connection, folder: str, bounds: Bounds, read: Callable[[Path], Any], path: Path
) -> None:
    _bind_myself(bounds)
    tempfile.tempdir = folder  # whatever is left there goes with the folder
    sender.send_bytes(pickle.dumps(_answer(read, path), protocol=5))


def _answer(read: Callable[[Path], Any], path: Path) -> tuple[str, Any]:
    try:
        return "read", read(path)
    except (ExchangeError, GeoError) as error:
        return "refused", Fault.of(error)
    except MemoryError:
        return "refused", Fault.of(ExchangeError("file_takes_too_much", file=path.name))
    except Exception as error:
        return "broken", f"{type(error).__name__}: {error}"


def _bind_myself(bounds: Bounds) -> None:
    """Have the system end this process if it works too long or fills the disk; no core is left.

    Ctrl+C is for the one who waits; that one ends this process. Settings, which may tell a
    password, are no business of a reader.
    """
    for name in [each for each in os.environ if each.startswith(SETTINGS)]:
        del os.environ[name]
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        for which, most in (
            (resource.RLIMIT_FSIZE, MOST_UNPACKED_BYTES),
            (resource.RLIMIT_CPU, bounds.work_seconds),
        ):
            resource.setrlimit(which, (most, most + 1))  # a signal at the first, an end at both
