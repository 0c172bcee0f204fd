"""The keeper of the practice space: settings, start, restart, wiping, one at a time."""

from __future__ import annotations

import stat
import subprocess
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.config import BadSettings, PracticeSpace, Settings, read_settings
from app.practice_space import keeper
from app.practice_space.keeper import Keeper, NotOurs

EVENING = datetime(2026, 11, 23, 12, tzinfo=UTC)  # 21.00 in Sorong
TWO_AT_NIGHT = datetime(2026, 11, 23, 17, tzinfo=UTC)
SECRET = {
    "DATABASE_URL": "postgresql://oss:rahasia@db.example/oss",
    "DUKCAPIL_URL": "https://dukcapil.example",
    "DUKCAPIL_USER": "dpmptsp",
    "DUKCAPIL_PASSWORD": "rahasia",
    "SMTP_URL": "smtp://dpmptsp:rahasia@mail.example",
    "MAIL_FROM": "izin@sorong.example",
    "OSS_PASSWORD": "rahasia",
    "FILES_S3_ENDPOINT": "https://store.example",
    "FILES_S3_BUCKET": "berkas",
    "FILES_S3_KEY": "kunci",
    "FILES_S3_SECRET": "rahasia",
    "RATE_LIMIT_STORAGE": "redis://cache.example",
    "MESSAGES_INBOUND_TOKEN": "rahasia-rahasia-rahasia-rahasia",
}


def settings_in(folder: Path, **env: str) -> Settings:
    return read_settings({"INSTANCE": str(folder), "SERVICE_MODE": "assist", **env})


@pytest.fixture
def settings(tmp_path) -> Settings:
    return settings_in(tmp_path)


# Settings


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({"SERVICE_MODE": "assist"}, PracticeSpace.ON),
        ({"SERVICE_MODE": "assist", "PRACTICE_SPACE": " OFF "}, PracticeSpace.OFF),
        ({"SERVICE_MODE": "training"}, PracticeSpace.OFF),
        ({"SERVICE_MODE": "training", "PRACTICE_SPACE": "on"}, PracticeSpace.OFF),
        ({"SERVICE_MODE": "training", "PRACTICE_SPACE": "inside"}, PracticeSpace.INSIDE),
    ],
)
def test_there_is_one_wherever_the_service_is_real(env, expected):
    assert read_settings(env).practice_space is expected


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ({"PRACTICE_SPACE": "maybe"}, "PRACTICE_SPACE must be on or off, not “maybe”."),
        ({"SERVICE_MODE": "assist", "PRACTICE_SPACE": "inside"}, "PRACTICE_SPACE=inside"),
        ({"PRACTICE_WIPE_AT": "24:00"}, "PRACTICE_WIPE_AT must be hour and minute"),
        ({"PRACTICE_WIPE_AT": "2:00"}, "PRACTICE_WIPE_AT must be hour and minute"),
    ],
)
def test_a_mistake_is_told(env, says):
    with pytest.raises(BadSettings, match=says):
        read_settings(env)


def test_it_inherits_nothing_that_leads_outside(tmp_path):
    env = {"PATH": "/usr/bin", "OFFICE_PHONE": "0951 000", "PUBLIC_URL": "https://izin.example"}
    settings = settings_in(tmp_path, **env, **SECRET)
    found = keeper.environment(settings, {**env, **SECRET, "ANYTHING": "rahasia"})
    assert set(found) & {*SECRET, "ANYTHING"} == set()
    assert "rahasia" not in str(found)
    inside = read_settings(found)
    assert (inside.in_training, inside.is_inside, inside.simulate) == (True, True, True)
    assert inside.instance == tmp_path / "latihan"
    assert inside.database_url == f"sqlite:///{tmp_path / 'latihan' / 'oss.sqlite'}"
    assert inside.public_url == "https://izin.example/latihan"
    assert inside.office_phone == "0951 000"
    assert (inside.messages, inside.object_store, inside.oss_url) == ("page", None, None)
    assert inside.rate_limit_storage == ""


@pytest.mark.parametrize(("threads", "slots"), [("1", 1), ("3", 1), ("4", 2), ("16", 14)])
def test_the_real_service_keeps_threads_for_itself(tmp_path, threads, slots):
    assert keeper.slots_of(settings_in(tmp_path, THREADS=threads)) == slots


# Wiping


def test_wiping_takes_everything_and_nothing_else(settings, tmp_path):
    (tmp_path / "oss.sqlite").write_text("real")
    keeper.wipe(settings, EVENING)
    folder = tmp_path / "latihan"
    for name in ("oss.sqlite", "oss.sqlite-wal", "secrets.json", "files/a"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("practice")
    keeper.wipe(settings, TWO_AT_NIGHT)
    assert [path.name for path in folder.iterdir()] == ["ruang-latihan.json"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["latihan", "oss.sqlite"]
    assert (tmp_path / "oss.sqlite").read_text() == "real"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert keeper.since(settings) == TWO_AT_NIGHT


def test_a_wipe_that_was_cut_short_is_finished_later(settings, tmp_path):
    keeper.wipe(settings, EVENING)
    (tmp_path / "latihan").rename(tmp_path / "latihan.lama-1234")
    keeper.wipe(settings, TWO_AT_NIGHT)
    assert [path.name for path in tmp_path.iterdir()] == ["latihan"]


def test_a_folder_of_somebody_else_is_not_touched(settings, tmp_path):
    (tmp_path / "latihan").mkdir()
    (tmp_path / "latihan" / "foto.jpg").write_text("x")
    with pytest.raises(NotOurs):
        keeper.wipe(settings, EVENING)
    assert (tmp_path / "latihan" / "foto.jpg").exists()


def test_a_link_to_elsewhere_is_not_followed(settings, tmp_path):
    keeper.wipe(settings_in(tmp_path / "other"), EVENING)
    (tmp_path / "latihan").symlink_to(tmp_path / "other" / "latihan")
    with pytest.raises(NotOurs):
        keeper.wipe(settings, EVENING)
    assert (tmp_path / "other" / "latihan" / "ruang-latihan.json").exists()


def test_it_is_due_once_each_night(settings):
    assert keeper.is_due(settings, EVENING), "there is none yet"
    keeper.wipe(settings, EVENING)
    assert not keeper.is_due(settings, TWO_AT_NIGHT - timedelta(seconds=1))
    assert keeper.is_due(settings, TWO_AT_NIGHT)
    keeper.wipe(settings, TWO_AT_NIGHT)
    assert not keeper.is_due(settings, TWO_AT_NIGHT + timedelta(hours=23, minutes=59))


def test_the_hour_can_be_set(tmp_path):
    settings = settings_in(tmp_path, PRACTICE_WIPE_AT="22:30")
    keeper.wipe(settings, EVENING)
    assert not keeper.is_due(settings, EVENING + timedelta(minutes=89))
    assert keeper.is_due(settings, EVENING + timedelta(minutes=90))


def test_a_clock_that_was_set_back_does_not_put_it_off(settings):
    keeper.wipe(settings, EVENING + timedelta(days=365))
    assert keeper.is_due(settings, EVENING)
    keeper.wipe(settings, EVENING)
    assert not keeper.is_due(settings, EVENING)


# Keeping


class Night:
    """Clocks that a test turns, and processes that only sleep."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.now = EVENING
        self.clock = 0.0
        self.said: list[str] = []
        self.started: list[subprocess.Popen[bytes]] = []
        self.keeper = Keeper(
            settings,
            self.said.append,
            launch=self._launch,
            now=lambda: self.now,
            clock=lambda: self.clock,
        )

    def _launch(self) -> subprocess.Popen[bytes]:
        folder = keeper.folder_of(self.settings)
        assert [path.name for path in folder.iterdir() if path.name == "web.sock"] == []
        process = subprocess.Popen(["sleep", "60"], start_new_session=True)
        (folder / "oss.sqlite").write_text(str(len(self.started)))
        self.started.append(process)
        return process

    @property
    def data(self) -> str:
        return (keeper.folder_of(self.settings) / "oss.sqlite").read_text()

    def die(self) -> None:
        self.started[-1].kill()
        self.started[-1].wait()


@pytest.fixture
def night(settings):
    night = Night(settings)
    yield night
    night.keeper.end()
    assert [process.poll() is None for process in night.started].count(True) == 0


def test_at_two_it_begins_anew_and_the_old_one_is_gone(night):
    night.keeper.look()
    night.now = TWO_AT_NIGHT - timedelta(seconds=1)
    night.keeper.look()
    assert len(night.started) == 1
    night.now = TWO_AT_NIGHT
    night.keeper.look()
    assert len(night.started) == 2
    assert night.started[0].poll() is not None
    assert night.started[1].poll() is None
    assert night.data == "1"
    night.now += timedelta(hours=1)
    night.keeper.look()
    assert len(night.started) == 2


def test_what_was_missed_while_the_machine_was_off_is_done_at_the_start(settings, night):
    keeper.wipe(settings, EVENING)
    (keeper.folder_of(settings) / "of-yesterday").touch()
    night.now = TWO_AT_NIGHT + timedelta(hours=5)
    night.keeper.look()
    assert not (keeper.folder_of(settings) / "of-yesterday").exists()


def test_data_of_today_outlive_a_restart(settings, night):
    keeper.wipe(settings, EVENING)
    (keeper.folder_of(settings) / "of-today").touch()
    night.keeper.look()
    assert (keeper.folder_of(settings) / "of-today").exists()


def test_one_that_dies_is_started_again_more_and_more_slowly(night):
    night.keeper.look()
    for seconds in (1, 2, 4, 8, 16, 32, 60, 60):
        before = len(night.started)
        night.die()
        night.keeper.look()
        night.clock += seconds - 0.1
        night.keeper.look()
        assert len(night.started) == before
        night.clock += 0.1
        night.keeper.look()
        assert len(night.started) == before + 1
    night.clock += 61
    night.die()
    night.keeper.look()
    night.clock += 1
    night.keeper.look()
    assert len(night.started) == 10


def test_whoever_asks_for_a_wipe_gets_one(settings, night, monkeypatch):
    monkeypatch.setattr(keeper, "LOOK_EVERY_S", 0.01)
    stop = threading.Event()
    thread = threading.Thread(target=night.keeper.run, args=(stop,))
    thread.start()
    try:
        wait_until(lambda: len(night.started) == 1)
        assert keeper.ask_to_wipe(settings, within_s=20)
        wait_until(lambda: len(night.started) == 2)
        other: list[str] = []
        Keeper(settings, other.append, launch=pytest.fail).run(threading.Event())
        assert other == ["The practice space is kept by another process already."]
    finally:
        stop.set()
        thread.join()
    assert night.started[-1].poll() is not None, "it ends with its keeper"


def wait_until(there: Callable[[], bool]) -> None:
    for _ in range(1000):
        if there():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it never came")


def test_with_nobody_running_it_a_wipe_is_done_at_once(settings):
    assert keeper.ask_to_wipe(settings)
    assert keeper.since(settings) is not None
    assert not (settings.instance / "latihan.hapus").exists()


def test_a_wipe_that_nobody_answers_is_told(settings):
    with keeper.holding(settings) as alone:
        assert alone
        assert not keeper.ask_to_wipe(settings, within_s=0.3)


def test_trouble_is_told_and_harms_nobody(settings, night):
    night.keeper._launch = no_memory
    stop = threading.Event()
    thread = threading.Thread(target=night.keeper.run, args=(stop,))
    thread.start()
    wait_until(lambda: bool(night.said))
    stop.set()
    thread.join()
    assert night.said == ["The practice space waits: Cannot allocate memory"]


def no_memory() -> Any:
    raise OSError(12, "Cannot allocate memory")


def test_a_folder_of_somebody_else_leaves_the_service_without_one(settings, night):
    (settings.instance / "latihan").mkdir(parents=True)
    (settings.instance / "latihan" / "foto.jpg").touch()
    night.keeper.run(threading.Event())
    assert [text.endswith("holds something else.") for text in night.said] == [True]
    assert night.started == []


def test_a_path_too_long_for_a_socket_is_told(tmp_path):
    night = Night(settings_in(tmp_path / ("x" * 100)))
    night.keeper.run(threading.Event())
    assert night.said == ["No practice space: INSTANCE is too long a path for its socket."]


# Commands


def test_the_command_wipes(make_app, application, tmp_path):
    settings = settings_in(tmp_path)
    app = make_app(testing=True, SERVICE_MODE="assist")
    app.config["SETTINGS"] = settings
    assert app.test_cli_runner().invoke(args=["practice", "wipe"]).output == "wiped\n"
    assert keeper.since(settings) is not None
    (tmp_path / "latihan" / "ruang-latihan.json").rename(tmp_path / "latihan" / "foto.jpg")
    result = app.test_cli_runner().invoke(args=["practice", "wipe"])
    assert result.exit_code == 1
    assert "nothing was wiped" in result.output
    assert (tmp_path / "latihan" / "foto.jpg").exists()


@pytest.mark.parametrize("command", ["wipe", "serve"])
def test_without_a_practice_space_the_commands_say_so(app, command):
    result = app.test_cli_runner().invoke(args=["practice", command])
    assert result.exit_code == 1
    assert "there is no practice space here" in result.output
