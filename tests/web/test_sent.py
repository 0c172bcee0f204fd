"""What a form or an address sends is spelt in one place, for those who write it and who read it."""

from __future__ import annotations

import re
from pathlib import Path

from app.web.sent import Sent

_NAMED = re.compile(r'<(?:input|button|select|textarea)\b[^>]*?\bname="([^"{]+)"')
_READ = re.compile(
    r'(?:"(\w+)" (?:not )?in request\.(?:form|args|values|files)'
    r'|request\.(?:form|args|values|files)(?:\.get|\.getlist)?[(\[]"(\w+)")'
)
_ADDRESS = re.compile(r"url_for\(\s*[\"']([a-z_]+\.[a-z_]+)[\"'],([^()]*)")
_PASSED = re.compile(r"(?<![\w.])([a-z_]+)=(?!=)")


def test_no_template_spells_a_name_itself(app):
    """The boxes of a form say their name; whatever stands beside them is in the list."""
    templates = Path(app.root_path, "templates").rglob("*.html")
    found = {(path.name, name) for path in templates for name in _NAMED.findall(path.read_text())}
    assert found == {("sheets.html", "salin")}  # read by the page's own script alone


def test_no_view_spells_a_name_itself(app):
    found = set()
    for room in ("web", "routes"):
        for path in Path(app.root_path, room).rglob("*.py"):
            for match in _READ.finditer(path.read_text()):
                found.add((path.name, match[1] or match[2]))
    machines = {item for item in found if item[0] == "api.py"}  # its names are its contract
    # A box of its form, and what OSS calls the proof of who speaks.
    assert found - machines == {("start.py", "pin"), ("oss_inbound.py", "token")}


def test_addresses_say_what_is_in_the_list(app):
    arguments = {rule.endpoint: rule.arguments for rule in app.url_map.iter_rules()}
    found = set()
    for room in ("templates", "web", "routes"):
        for path in Path(app.root_path, room).rglob("*.*"):
            if path.suffix not in {".py", ".html"}:
                continue
            for endpoint, passed in _ADDRESS.findall(path.read_text()):
                known = arguments.get(endpoint, set()) | {str(word) for word in Sent}
                found |= {(endpoint, name) for name in _PASSED.findall(passed)} - {
                    (endpoint, name) for name in known
                }
    assert found == set()
