"""Settings: each mistake has a sentence. Secrets: made once, for the owner's eyes only."""

from __future__ import annotations

import base64
import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from app.__main__ import _say
from app.adapters.messages import PageOutbox
from app.config import ROOT, BadSettings, NikCheckMode, read_settings
from app.domain.oss.service_mode import ServiceMode
from app.domain.sending.messages import Channel
from app.gateways import make_messages
from app.storage.keyfile import load_secrets

STORE = {
    "FILES_S3_ENDPOINT": "https://store.example/",
    "FILES_S3_BUCKET": "berkas",
    "FILES_S3_KEY": "kunci",
    "FILES_S3_SECRET": "rahasia",
}
MISTAKES = [
    ({"SERVICE_MODE": "live"}, ["SERVICE_MODE", "live", "training, assist, connected"]),
    ({"NIK_CHECK": "guess"}, ["NIK_CHECK", "service or manual", "guess"]),
    (
        {"SERVICE_MODE": "assist", "NIK_CHECK": "service"},
        ["NIK_CHECK", "DUKCAPIL_URL", "assist", "manual"],
    ),
    ({"OSS_URL": "oss.example"}, ["OSS_URL", "http://"]),
    ({"PORT": "http"}, ["PORT", "whole number", "http"]),
    ({"PORT": "0"}, ["PORT", "1 to 65535"]),
    ({"PORT": "65536"}, ["PORT", "1 to 65535"]),
    ({"PORT": "-1"}, ["PORT", "-1"]),
    ({"PORT": "80.0"}, ["PORT", "80.0"]),
    ({"PORT": "٨٠"}, ["PORT", "٨٠"]),
    ({"WORKERS": "0"}, ["WORKERS", "1 to 64"]),
    ({"WORKERS": "65"}, ["WORKERS", "1 to 64"]),
    ({"THREADS": "many"}, ["THREADS", "many"]),
    ({"TRUSTED_PROXIES": "6"}, ["TRUSTED_PROXIES", "0 to 5"]),
    ({"DATABASE_URL": "mysql://x/y"}, ["DATABASE_URL", "sqlite:///", "postgresql://"]),
    ({"DATABASE_URL": "sqlite://"}, ["DATABASE_URL"]),
    ({"LOG_LEVEL": "chatty"}, ["LOG_LEVEL", "DEBUG, INFO, WARNING or ERROR", "CHATTY"]),
    ({"PUBLIC_URL": "izin.example"}, ["PUBLIC_URL", "https://"]),
    ({"PUBLIC_URL": "https://"}, ["PUBLIC_URL", "name a host"]),
    ({"PUBLIC_URL": "https://[::1"}, ["PUBLIC_URL", "https://"]),
    (
        {"DUKCAPIL_URL": "ftp://x", "DUKCAPIL_USER": "u", "DUKCAPIL_PASSWORD": "p"},
        ["DUKCAPIL_URL", "http://"],
    ),
    ({"NIK_CASE_DAYS": "0"}, ["NIK_CASE_DAYS", "1 to 3650"]),
    ({"NIK_CASE_DAYS": "3651"}, ["NIK_CASE_DAYS", "3651"]),
    ({"OFFICE_HOURS": "x" * 161}, ["OFFICE_HOURS", "at most 160 letters"]),
    ({"DUKCAPIL_ADDRESS": "a\x00b"}, ["DUKCAPIL_ADDRESS", "plain text"]),
    ({"DUKCAPIL_URL": "https://x"}, ["DUKCAPIL_USER", "DUKCAPIL_PASSWORD"]),
    ({"DUKCAPIL_URL": "https://x", "DUKCAPIL_USER": "u"}, ["DUKCAPIL_PASSWORD"]),
    ({"MESSAGES": "post"}, ["MESSAGES", "page or send", "post"]),
    (
        {"MESSAGES": "send", "SMTP_URL": "smtp://x", "MAIL_FROM": "a@b"},
        ["MESSAGES=send", "practice sends nothing"],
    ),
    (
        {"MESSAGES": "send", "SERVICE_MODE": "assist"},
        ["MESSAGES=send", "SMTP_URL", "SMS_GATEWAY_URL", "GAMMU"],
    ),
    ({"SMTP_URL": "smtp://mail.test"}, ["SMTP_URL", "MAIL_FROM"]),
    ({"AUDIT_EMAIL": "a@b"}, ["AUDIT_EMAIL", "SMTP_URL"]),
    ({"AUDIT_EMAIL": "a", "SMTP_URL": "smtp://x", "MAIL_FROM": "a@b"}, ["AUDIT_EMAIL", "e-mail"]),
    ({"SMTP_URL": "http://x", "MAIL_FROM": "a@b"}, ["SMTP_URL", "smtp://", "smtps://"]),
    ({"SMTP_URL": "smtp://x:0", "MAIL_FROM": "a@b"}, ["SMTP_URL", "smtp://"]),
    ({"SMTP_URL": "smtp://x:port", "MAIL_FROM": "a@b"}, ["SMTP_URL", "smtp://"]),
    ({"SMTP_URL": "smtp://x", "MAIL_FROM": "a"}, ["SMTP_URL", "MAIL_FROM"]),
    ({"SMS_GATEWAY_URL": "https://x"}, ["SMS_GATEWAY_URL", "SMS_GATEWAY_TOKEN"]),
    ({"WHATSAPP_GATEWAY_URL": "https://x"}, ["WHATSAPP_GATEWAY_URL", "WHATSAPP_GATEWAY_TOKEN"]),
    ({"WHATSAPP_GATEWAY_URL": "x", "MESSAGES": "page"}, ["WHATSAPP_GATEWAY_URL", "http://"]),
    ({"GAMMU_DATABASE_URL": "mysql://x/smsd"}, ["GAMMU_DATABASE_URL", "sqlite:///"]),
    (
        {
            "GAMMU_DATABASE_URL": "sqlite:////x",
            "SMS_GATEWAY_URL": "https://x",
            "SMS_GATEWAY_TOKEN": "t",
        },
        ["SMS_GATEWAY_URL", "GAMMU_DATABASE_URL", "only one"],
    ),
    ({"MESSAGES_INBOUND_TOKEN": "x" * 23}, ["MESSAGES_INBOUND_TOKEN", "24"]),
    ({"FILES_S3_BUCKET": "berkas"}, ["FILES_S3_ENDPOINT and FILES_S3_KEY and FILES_S3_SECRET"]),
    ({**STORE, "FILES_S3_SECRET": " "}, ["also need FILES_S3_SECRET"]),
    ({**STORE, "FILES_S3_ENDPOINT": "s3://x"}, ["FILES_S3_ENDPOINT", "https://"]),
    ({**STORE, "FILES_S3_BUCKET": "Berkas_1"}, ["FILES_S3_BUCKET", "small letters"]),
    ({**STORE, "FILES_S3_BUCKET": "ab"}, ["FILES_S3_BUCKET", "3 to 63"]),
    ({"BACKUP_TO": "/media/x"}, ["BACKUP_RECOVERY_KEY", "flask backup key"]),
    ({"BACKUP_RECOVERY_KEY": "age1x"}, ["BACKUP_RECOVERY_KEY", "public key"]),
    ({"BACKUP_RECOVERY_KEY": "AGE-SECRET-KEY-1X"}, ["BACKUP_RECOVERY_KEY", "safe"]),
    ({"BACKUP_AT": "1:17"}, ["BACKUP_AT", "WIT"]),
    ({"OFFICE_EMAIL": "kepala@example.go.id"}, ["OFFICE_EMAIL", "SMTP_URL"]),
    ({"METRICS_LISTEN": "localhost:9108"}, ["METRICS_LISTEN", "127.0.0.1:9108"]),
    ({"METRICS_LISTEN": "127.0.0.1:0"}, ["METRICS_LISTEN", "127.0.0.1:9108"]),
    ({"METRICS_LISTEN": "0.0.0.0:9108"}, ["METRICS_LISTEN", "METRICS_TOKEN"]),
    ({"METRICS_LISTEN": "[::]:9108"}, ["METRICS_LISTEN", "METRICS_TOKEN"]),
    ({"METRICS_TOKEN": "x" * 23}, ["METRICS_TOKEN", "24"]),
]


@pytest.mark.parametrize(
    ("text", "place"), [("127.0.0.1:9108", ("127.0.0.1", 9108)), ("[::1]:9108", ("::1", 9108))]
)
def test_this_machine_may_ask_for_figures_without_a_token(text, place):
    assert read_settings({"METRICS_LISTEN": text}).metrics_listen == place
    far = read_settings({"METRICS_LISTEN": "10.0.0.5:9108", "METRICS_TOKEN": "x" * 24})
    assert far.metrics_listen == ("10.0.0.5", 9108)


@pytest.mark.parametrize(("env", "said"), MISTAKES)
def test_a_mistake_is_named_in_one_sentence(env, said):
    with pytest.raises(BadSettings) as caught:
        read_settings(env)
    (sentence,) = caught.value.mistakes
    assert [words for words in said if words not in sentence] == []
    assert sentence.endswith(".")


def test_all_mistakes_are_named_at_once():
    env = {"PORT": "x", "WORKERS": "x", "LOG_LEVEL": "x", "DATABASE_URL": "x", "PUBLIC_URL": "x"}
    with pytest.raises(BadSettings) as caught:
        read_settings(env)
    assert len(caught.value.mistakes) == len(env)
    named = {name for name in env for said in caught.value.mistakes if said.startswith(name)}
    assert named == set(env)


def test_files_lie_in_a_folder_or_in_an_object_store():
    assert read_settings({}).object_store is None
    store = read_settings(STORE).object_store
    assert store is not None
    assert (store.endpoint, store.bucket) == ("https://store.example", "berkas")
    assert store.region == "us-east-1"
    assert read_settings({**STORE, "FILES_S3_REGION": "id-1"}).object_store.region == "id-1"


def test_nothing_needs_to_be_set():
    settings = read_settings({})
    assert settings.mode is ServiceMode.TRAINING
    assert settings.host == "127.0.0.1", "only this computer, until somebody says otherwise"
    assert settings.simulate
    assert settings.database_url == f"sqlite:///{settings.instance / 'oss.sqlite'}"
    assert read_settings(dict.fromkeys(("PORT", "HOST", "SERVICE_MODE", "INSTANCE"), " ")) == (
        settings
    )


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_any_usual_name_of_postgresql_is_taken(scheme):
    settings = read_settings({"DATABASE_URL": f"{scheme}://u@h/db?host=/tmp"})
    assert settings.database_url == "postgresql+psycopg://u@h/db?host=/tmp"


def test_addresses_lose_their_last_slash_and_https_is_seen():
    secure = read_settings({"PUBLIC_URL": "https://izin.example/"})
    assert secure.public_url == "https://izin.example"
    assert secure.is_https
    assert not read_settings({"PUBLIC_URL": "http://izin.example"}).is_https
    assert not read_settings({}).is_https


def test_what_offices_say_of_themselves_is_tidied_and_may_be_missing():
    settings = read_settings({"OFFICE_HOURS": "  Senin–Jumat\n08.00–15.00 ", "OFFICE_PHONE": " "})
    assert settings.office_hours == "Senin–Jumat 08.00–15.00"
    assert settings.office_phone is None
    assert read_settings({"DUKCAPIL_HOURS": "x" * 160}).dukcapil_hours == "x" * 160
    assert settings.nik_case_days == 90


def test_a_real_registry_takes_the_place_of_the_built_in_one():
    settings = read_settings(
        {"DUKCAPIL_URL": "https://x/", "DUKCAPIL_USER": "u", "DUKCAPIL_PASSWORD": "p"}
    )
    assert settings.dukcapil_url == "https://x"
    assert not settings.simulate


def test_messages_stay_here_until_somebody_names_a_way_out():
    assert read_settings({}).messages == "page"
    smtp = {
        "SERVICE_MODE": "assist",
        "SMTP_URL": "smtp://u:p@mail.test",
        "MAIL_FROM": "izin@example.test",
    }
    assert read_settings(smtp).messages == "send"
    assert read_settings({**smtp, "MESSAGES": "page"}).messages == "page"
    assert read_settings({"MESSAGES_INBOUND_TOKEN": "x" * 24}).messages == "page"
    assert read_settings({**smtp, "SERVICE_MODE": "training"}).messages == "page"


def test_practice_sends_nothing_whatever_is_set():
    ways = {
        "SMTP_URL": "smtp://mail.test",
        "MAIL_FROM": "izin@example.test",
        "WHATSAPP_GATEWAY_URL": "https://wa.test/",
        "WHATSAPP_GATEWAY_TOKEN": "t",
        "GAMMU_DATABASE_URL": "sqlite:////x/smsd",
    }
    port = make_messages(read_settings(ways))
    assert port.built_in
    assert port.inbox is None
    assert {type(carrier) for carrier in port._carriers.values()} == {PageOutbox}


def test_each_way_out_gets_its_carrier(tmp_path):
    everything = read_settings(
        {
            "SERVICE_MODE": "assist",
            "SMTP_URL": "smtps://mail.test",
            "MAIL_FROM": "izin@example.test",
            "WHATSAPP_GATEWAY_URL": "https://wa.test/",
            "WHATSAPP_GATEWAY_TOKEN": "t",
            "GAMMU_DATABASE_URL": "postgres://smsd@h/smsd",
            "PUBLIC_URL": "https://izin.test",
        }
    )
    assert everything.gammu_database_url == "postgresql+psycopg://smsd@h/smsd"
    port = make_messages(everything)
    assert port.carried == {Channel.SMS, Channel.WHATSAPP, Channel.EMAIL}
    repeatable = {each for each in port.carried if port.is_repeatable(each)}
    assert repeatable == {Channel.SMS, Channel.WHATSAPP}
    assert (port.inbox is not None, port.built_in, port.in_training) == (True, False, False)
    assert port.address == "https://izin.test/lacak"
    by_http = {
        "SERVICE_MODE": "assist",
        "SMS_GATEWAY_URL": "https://sms.test",
        "SMS_GATEWAY_TOKEN": "t",
    }
    port = make_messages(read_settings(by_http))
    assert (port.carried, port.inbox, port.address) == ({Channel.SMS}, None, None)
    port = make_messages(read_settings({}))
    assert (port.built_in, port.carried) == (True, set(Channel) - {Channel.PAGE})


FOR_OSS = {
    "OSS_URL": "https://oss.example/v1/",
    "OSS_USER_KEY": "k",
    "OSS_USERNAME": "u",
    "OSS_PASSWORD": "p",
}


def test_assist_needs_nothing_more_and_staff_compare_the_nik():
    settings = read_settings({"SERVICE_MODE": "assist"})
    assert settings.mode is ServiceMode.ASSIST
    assert settings.nik_check is NikCheckMode.MANUAL
    assert not settings.simulate, "the practice registry knows no real person"
    assert not settings.in_training


@pytest.mark.parametrize("missing", FOR_OSS)
def test_connected_names_each_setting_that_is_missing(missing):
    env = {"SERVICE_MODE": "connected", **FOR_OSS, missing: " "}
    with pytest.raises(BadSettings) as caught:
        read_settings(env)
    (sentence,) = caught.value.mistakes
    assert sentence.startswith(f"{missing} is missing")


def test_connected_with_all_it_needs():
    settings = read_settings({"SERVICE_MODE": "connected", **FOR_OSS})
    assert settings.oss_url == "https://oss.example/v1"
    assert (settings.oss_user_key, settings.oss_username, settings.oss_password) == ("k", "u", "p")
    assert "oss_password" not in repr(settings), "a traceback must not show it"
    assert not settings.simulate


@pytest.mark.parametrize("mode", ["assist", "connected"])
def test_a_real_registry_is_asked_unless_staff_are_to_compare(mode):
    env = {"SERVICE_MODE": mode, **FOR_OSS, "DUKCAPIL_URL": "https://x"}
    env |= {"DUKCAPIL_USER": "u", "DUKCAPIL_PASSWORD": "p"}
    assert read_settings(env).nik_check is NikCheckMode.SERVICE
    assert read_settings({**env, "NIK_CHECK": "manual"}).nik_check is NikCheckMode.MANUAL


def test_practice_asks_the_built_in_registry_unless_told_otherwise():
    assert read_settings({}).nik_check is NikCheckMode.SERVICE
    assert read_settings({"NIK_CHECK": "Manual"}).nik_check is NikCheckMode.MANUAL


def test_the_program_says_its_mistakes_and_does_not_start(tmp_path):
    ended = subprocess.run(
        [sys.executable, "-m", "app"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "INSTANCE": str(tmp_path), "PORT": "x", "THREADS": "x"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    lines = ended.stderr.splitlines()
    assert [line.split()[3] for line in lines] == ["PORT", "THREADS"]
    assert list(tmp_path.iterdir()) == []


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_secrets_are_for_the_owner_alone_and_stay_the_same(tmp_path):
    instance = tmp_path / "new" / "instance"
    first = load_secrets(instance)
    assert mode_of(instance / "secrets.json") == 0o600
    assert load_secrets(instance) == first
    assert [path.name for path in instance.iterdir()] == ["secrets.json"]
    assert {len(key) for key in [*first.data_keys.values(), first.index_key]} == {32}
    assert first.current_data_key in first.data_keys
    assert len({first.session_key, first.oss_user_key, *first.data_keys.values()}) == 3


def test_two_installations_have_different_secrets(tmp_path):
    one, other = load_secrets(tmp_path / "a"), load_secrets(tmp_path / "b")
    assert one.session_key != other.session_key
    assert one.data_keys != other.data_keys
    assert one.index_key != other.index_key
    assert one.oss_user_key != other.oss_user_key


def test_processes_that_start_together_share_one_file(tmp_path):
    script = (
        "import sys, pathlib; from app.storage.keyfile import load_secrets;"
        "print('ready', flush=True); sys.stdin.readline();"
        f"print(load_secrets(pathlib.Path({str(tmp_path)!r})).session_key)"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    keys = {process.communicate(timeout=20)[0].strip() for process in processes}
    assert len(keys) == 1
    assert keys == {load_secrets(tmp_path).session_key}
    assert [path.name for path in tmp_path.iterdir()] == ["secrets.json"]


def test_a_further_key_can_be_added(tmp_path):
    load_secrets(tmp_path)
    path = tmp_path / "secrets.json"
    stored = json.loads(path.read_text())
    stored["data_keys"]["2"] = base64.b64encode(b"n" * 32).decode()
    stored["current_data_key"] = 2
    path.write_text(json.dumps(stored))
    rotated = load_secrets(tmp_path)
    assert rotated.current_data_key == 2
    assert rotated.data_keys[2] == b"n" * 32
    assert set(rotated.data_keys) == {1, 2}


@pytest.mark.parametrize("place", ["data_keys", "index_key"])
def test_a_key_of_the_wrong_length_stops_the_start(tmp_path, place):
    """Found at the first person's first answer, it would be too late."""
    load_secrets(tmp_path)
    path = tmp_path / "secrets.json"
    stored = json.loads(path.read_text())
    short = base64.b64encode(b"n" * 31).decode()
    stored[place] = {"1": short} if place == "data_keys" else short
    path.write_text(json.dumps(stored))
    with pytest.raises(ValueError, match="32 bytes"):
        load_secrets(tmp_path)


CONNECTED = {
    "SERVICE_MODE": "connected",
    "OSS_URL": "https://oss.example",
    "OSS_USER_KEY": "k",
    "OSS_USERNAME": "u",
    "OSS_PASSWORD": "p",
}


@pytest.mark.parametrize(("code", "unknown"), [("", True), ("960", False), (" 09A ", False)])
def test_the_start_warns_while_the_code_of_the_office_is_not_set(code, unknown, capsys):
    settings = read_settings(CONNECTED | {"OSS_AGENCY_CODE": code})
    assert settings.agency_unknown is unknown
    assert settings.oss_agency_code == code.strip()
    _say(settings)
    assert ("OSS_AGENCY_CODE" in capsys.readouterr().out) is unknown
    assert not read_settings({"OSS_AGENCY_CODE": code}).agency_unknown, "only where OSS is told"


@pytest.mark.parametrize("code", ["9601", "9-1", "9 1"])
def test_a_code_that_cannot_be_one_is_a_mistake(code):
    with pytest.raises(BadSettings, match="OSS_AGENCY_CODE"):
        read_settings({"OSS_AGENCY_CODE": code})


def test_the_settings_say_what_nobody_knows_of_the_office():
    assert len(read_settings({}).office_unknown) == 4
    known = {
        "OFFICE_ADDRESS": "Jalan Contoh 1",
        "OFFICE_PHONE": "0951 000000",
        "OFFICE_HOURS": "08.00",
        "OFFICE_MAP": "https://peta.example/kantor",
    }
    assert read_settings(known).office_unknown == ()
    del known["OFFICE_MAP"]
    assert read_settings(known).office_unknown == ("OFFICE_MAP",)
