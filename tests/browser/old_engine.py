"""An old browser engine without a window: Debian's QtWebEngine (Chrome 87), driven line by line.

Runs under the system's own Python, which has the Qt of Debian, and knows nothing of the project.
Each line in is a script (JSON) for the page, each line out its value and what the console said.
"""

import json
import os
import sys

os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["QTWEBENGINE_CHROMIUM_FLAGS"] = "--no-sandbox --disable-gpu"
os.environ["QTWEBENGINE_DISABLE_SANDBOX"] = "1"

from PyQt5.QtCore import QEventLoop, QTimer
from PyQt5.QtWebEngineWidgets import QWebEnginePage, QWebEngineProfile
from PyQt5.QtWidgets import QApplication

ANSWER_WITHIN_MS = 10_000
said = []


class Page(QWebEnginePage):
    """A page that keeps what its console says."""

    def javaScriptConsoleMessage(self, level, message, line, source):
        said.append(message)


app = QApplication(["old-engine"])
profile = QWebEngineProfile()  # in memory
page = Page(profile)


def run(script):
    """Return what a script in the page gives, or null where none came in time."""
    loop, found = QEventLoop(), [None]

    def done(value):
        found[0] = value
        loop.quit()

    page.runJavaScript(script, done)
    QTimer.singleShot(ANSWER_WITHIN_MS, loop.quit)
    loop.exec_()
    return found[0]


def pause(ms):
    """Let the page work."""
    loop = QEventLoop()
    QTimer.singleShot(ms, loop.quit)
    loop.exec_()


for line in sys.stdin:
    pause(20)
    value = run(json.loads(line))
    print(json.dumps([value, said]), flush=True)
    said.clear()
