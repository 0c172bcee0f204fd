"""What stands in deploy/ is taken by the programs that it is for, where they are installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from app.config import ROOT, read_settings
from app.services.backup.manifest import PLAIN_SETTINGS, SECRET_SETTINGS

DEPLOY = ROOT / "deploy"
UNITS = ("oss-sorong.service", "oss-sorong-litestream.service")
CADDY = ("Caddyfile", "Caddyfile.container")


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"{program} is not installed")


@needs("systemd-analyze")
@pytest.mark.parametrize("name", UNITS)
def test_systemd_takes_the_unit(name, tmp_path):
    text = (DEPLOY / name).read_text()
    program = tmp_path / "program"  # it also looks whether what is started is there
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    unit = tmp_path / name
    unit.write_text(re.sub(r"^ExecStart=\S+", f"ExecStart={program}", text, flags=re.M))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, text=True
    )
    mine = [line for line in done.stderr.splitlines() if name in line]
    assert mine == []


@needs("caddy")
@pytest.mark.parametrize("name", CADDY)
def test_caddy_takes_its_file(name, tmp_path):
    file = tmp_path / name
    text = (DEPLOY / name).read_text().replace("/var/log/caddy", str(tmp_path))
    file.write_text(text)
    for command in (["validate"], ["adapt"]):
        done = subprocess.run(
            ["caddy", *command, "--adapter", "caddyfile", "--config", str(file)],
            capture_output=True, text=True, env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-500:]
    assert '"protocols":["h1","h2","h3"]' in done.stdout


def test_both_files_of_caddy_differ_in_places_alone():
    here, there = ((DEPLOY / name).read_text() for name in CADDY)
    here = here.replace("127.0.0.1:8000", "service:8000")
    here = re.sub(r"output file \S+ \{[^}]*\}", "output stdout", here)
    assert here.splitlines()[1:] == there.splitlines()[1:]


def test_the_settings_are_ones_that_there_are():
    given = dict(
        line.split("=", 1)
        for line in (DEPLOY / "oss-sorong.env").read_text().splitlines()
        if line and not line.startswith("#")
    )
    assert given.keys() <= PLAIN_SETTINGS | SECRET_SETTINGS
    settings = read_settings({**given, "BACKUP_RECOVERY_KEY": "age1" + "q" * 58})
    assert settings.is_https
    assert settings.metrics_listen == ("127.0.0.1", 9108)


def test_all_places_are_the_same():
    data = read_settings({"INSTANCE": "/srv/oss/data"}).database_url.removeprefix("sqlite:///")
    ship = yaml.safe_load((DEPLOY / "litestream.yml").read_text())
    assert [each["path"] for each in ship["dbs"]] == [data]
    copies = ship["dbs"][0]["replica"]["path"]
    unit = (DEPLOY / UNITS[0]).read_text()
    assert Path(copies).parent == Path("/media/copies")
    assert "ReadWritePaths=/srv/oss/data -/media/copies" in unit


def test_the_container_holds_what_the_program_reads():
    text = (DEPLOY / "Containerfile").read_text()
    for line in re.findall(r"^COPY (?!--)(.+)$", text, re.M):
        *sources, _target = line.split()
        assert [each for each in sources if not (ROOT / each).exists()] == []
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    assert (DEPLOY / ".." / services["service"]["build"]["dockerfile"]).exists()
    for volume in services["caddy"]["volumes"]:
        place = volume.partition(":")[0]
        assert not place.startswith("./") or (DEPLOY / place).exists(), place


@needs("litestream")
def test_litestream_takes_its_file():
    done = subprocess.run(
        ["litestream", "databases", "-config", str(DEPLOY / "litestream.yml")],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "/srv/oss/data/oss.sqlite" in done.stdout
