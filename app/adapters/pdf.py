"""Cleaning a PDF outside this process: a file that hangs its reader harms only itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from app.domain.attachments import FileFault, FileRefused, check_pdf

_CHILD = Path(__file__).with_name("pdf_child.py")
PATIENCE_S = 30


def clean_pdf(raw: bytes) -> tuple[int, bytes]:
    """Return the number of pages, and the file with nothing in it but what its pages show.

    Raises FileRefused: BROKEN, PDF_LOCKED, PDF_ACTIVE, PDF_TOO_LONG, PDF_TOO_LARGE.
    """
    try:
        done = subprocess.run(  # noqa: S603 our own file, and no shell
            [sys.executable, "-I", str(_CHILD)],
            input=raw,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # it may quote the file
            timeout=PATIENCE_S,
            env={},
            check=True,
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        # Ended by its bounds of time or memory. `from None` would hide which.
        raise FileRefused(FileFault.BROKEN) from error
    head, _, body = done.stdout.partition(b"\n")
    answer = json.loads(head)
    if "fault" in answer:
        raise FileRefused(FileFault(answer["fault"]))
    check_pdf(answer["pages"], len(body))
    return answer["pages"], body
