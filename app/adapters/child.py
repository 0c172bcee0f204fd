"""The process that reads one paper: standard input to standard output (see bounded.py).

Prints one line of JSON, what the task says or {"fault": …}, and after it the cleaned file. It loads
the task and the rules it needs, and nothing else of the service: `app` is given as a bare package,
so that its start (the whole service) does not run here.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import sys
import types
from pathlib import Path


def main() -> None:
    """Answer for the file on standard input."""
    order = json.loads(sys.argv[1])
    seconds, memory = order.pop("cpu_s"), order.pop("memory_bytes")
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it has nothing to write but its answer
    with contextlib.suppress(OSError):
        os.nice(5)  # pages go first
    bare = types.ModuleType("app")
    bare.__path__ = [str(Path(__file__).resolve().parents[1])]
    sys.modules["app"] = bare
    from app.domain.dossier.attachments import (  # noqa: PLC0415 – only once `app` is bare
        FileFault,
        FileRefused,
    )

    task = importlib.import_module(f"app.adapters.{order.pop('task')}")
    raw = sys.stdin.buffer.read()
    body = b""
    answer: dict[str, object]
    try:
        answer, body = task.clean(raw, **order)
    except FileRefused as refused:
        answer = {"fault": refused.fault}
    except MemoryError:
        answer = {"fault": FileFault.TOO_HEAVY}
    except Exception:  # whatever a damaged or hostile file does to its reader
        answer = {"fault": FileFault.BROKEN}
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + body)


if __name__ == "__main__":
    main()
