"""Settings, read from the environment once at start and checked there, one sentence a mistake."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.domain.oss.service_mode import ServiceMode
from app.domain.written.text import read_whole

ROOT = Path(__file__).resolve().parent.parent
LINE_AT_MOST = 160  # letters of an address or of opening hours
TOKEN_AT_LEAST = 24
PROXIES_AT_MOST = 5

Proxies = tuple[IPv4Network | IPv6Network, ...]


class Purpose(StrEnum):
    """What data are kept for. They never change it (app/storage/purpose.py)."""

    PRACTICE = "practice"
    REAL = "real"


class NikCheckMode(StrEnum):
    """Who compares a NIK with the civil registry: its web service, or staff on its portal."""

    SERVICE = "service"
    MANUAL = "manual"


class PracticeSpace(StrEnum):
    """Whether people can try everything beside the real service, at /latihan."""

    OFF = "off"  # not here; in training everything is practice already
    ON = "on"  # a second program beside this one serves it
    INSIDE = "inside"  # this is that second program


"""By then every running process seals with the new key: several times the vault's own wait."""


class BadSettings(Exception):
    """The environment holds mistakes; `mistakes` has a sentence for each."""

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("\n".join(mistakes))
        self.mistakes = mistakes


_OBJECT_STORE = ("ENDPOINT", "BUCKET", "KEY", "SECRET")
_HOUR = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_RECOVERY_KEY = re.compile(r"age1[02-9ac-hj-np-z]{58}")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


@dataclass(frozen=True)
class ObjectStore:
    """An S3-compatible store for files. endpoint: address without the bucket."""

    endpoint: str
    bucket: str
    key: str
    secret: str
    region: str


@dataclass(frozen=True)
class Settings:
    """Checked settings. Paths are absolute, addresses have no slash at the end."""

    mode: ServiceMode
    host: str
    port: int
    instance: Path
    database_url: str
    public_url: str | None
    workers: int
    threads: int
    trusted_proxies: int | Proxies
    log_level: str
    dukcapil_url: str | None
    dukcapil_user: str
    dukcapil_password: str
    dukcapil_ip: str
    rate_limit_storage: str  # "" means: as app/web/limiting/shared_counts.py chooses
    messages: str
    smtp_url: str | None
    mail_from: str
    sms_gateway_url: str | None
    sms_gateway_token: str
    whatsapp_gateway_url: str | None
    whatsapp_gateway_token: str
    gammu_database_url: str | None
    messages_inbound_token: str
    nik_check: NikCheckMode
    oss_url: str | None
    oss_user_key: str = field(repr=False)
    oss_username: str = field(repr=False)
    oss_password: str = field(repr=False)
    oss_area_codes: str
    oss_agency_code: str
    office_hours: str | None = None
    office_address: str | None = None
    office_phone: str | None = None
    office_map: str | None = None
    dukcapil_hours: str | None = None
    dukcapil_address: str | None = None
    nik_case_days: int = 90
    object_store: ObjectStore | None = None
    practice_space: PracticeSpace = PracticeSpace.OFF
    practice_wipe_at: time = time(2)
    slow_sender_s: int = 60
    send_within_s: int = 1800
    audit_email: str | None = None
    office_email: str | None = None
    backup_to: Path | None = None
    backup_recovery_key: str = ""
    backup_at: time = time(1, 17)
    backup_keep_days: int = 35
    metrics_listen: tuple[str, int] | None = None
    metrics_token: str = field(default="", repr=False)

    @property
    def in_training(self) -> bool:
        """Return whether nothing here is real, and every page has to say so (“practice”)."""
        return self.mode is ServiceMode.TRAINING

    @property
    def agency_unknown(self) -> bool:
        """Return whether OSS is told of licences without the code of this office."""
        return self.mode is ServiceMode.CONNECTED and not self.oss_agency_code

    @property
    def office_unknown(self) -> tuple[str, ...]:
        """Return the settings that would tell people where the office is, and are not set."""
        known = {
            "OFFICE_ADDRESS": self.office_address,
            "OFFICE_PHONE": self.office_phone,
            "OFFICE_HOURS": self.office_hours,
            "OFFICE_MAP": self.office_map,
        }
        return tuple(name for name, value in known.items() if value is None)

    @property
    def purpose(self) -> Purpose:
        """What the data of this mode are for. From ASSIST to CONNECTED they are the same."""
        return Purpose.PRACTICE if self.in_training else Purpose.REAL

    @property
    def is_inside(self) -> bool:
        """Return whether this is the practice space of another service."""
        return self.practice_space is PracticeSpace.INSIDE

    @property
    def simulate(self) -> bool:
        """Return whether the built-in registry answers. It knows nobody but made-up people."""
        return self.in_training and self.dukcapil_url is None

    @property
    def is_https(self) -> bool:
        """Return whether people reach the service over https."""
        return bool(self.public_url and self.public_url.startswith("https://"))


# The list by which OSS numbers areas: of Permendagri 72/2019 (Kabupaten Sorong is 92.01), which its
# guide names, or of since 2022 (96.01). Which one it uses today only Lembaga OSS can say.
_AREA_CODES = frozenset({"2019", "2022"})

# What only Lembaga OSS can give, and for what.
_FOR_OSS = {
    "OSS_URL": "It is the address of the OSS web services.",
    "OSS_USER_KEY": "It goes with every question to OSS.",
    "OSS_USERNAME": "With it OSS proves who it is when it calls.",
    "OSS_PASSWORD": "With it OSS proves who it is when it calls.",
}


def read_settings(env: Mapping[str, str] | None = None) -> Settings:
    """Return the settings in `env` (default: the process environment).

    Raises BadSettings with every mistake, so that they can be mended in one go.
    """
    env = os.environ if env is None else env
    mistakes: list[str] = []

    def whole(name: str, default: int, lowest: int, highest: int) -> int:
        text = env.get(name, "").strip() or str(default)
        number = read_whole(text, digits=9)
        if number is None or not lowest <= number <= highest:
            mistakes.append(f"{name} must be a whole number, {lowest} to {highest}, not “{text}”.")
            return default
        return number

    def proxies() -> int | Proxies:
        """How many proxies a request passes, or their addresses and networks."""
        text = env.get("TRUSTED_PROXIES", "").strip()
        if not text or read_whole(text, digits=9) is not None:
            return whole("TRUSTED_PROXIES", 0, 0, PROXIES_AT_MOST)
        try:
            return tuple(ip_network(part.strip()) for part in text.split(","))
        except ValueError:
            mistakes.append(
                f"TRUSTED_PROXIES must be how many proxies there are (0 to {PROXIES_AT_MOST}), or"
                f" their addresses, such as 127.0.0.1,10.0.0.0/8, not “{text}”."
            )
            return 0

    def address(name: str) -> str | None:
        text = env.get(name, "").strip().rstrip("/")
        if not text:
            return None
        try:
            parts = urlsplit(text)
            names_a_host = parts.scheme in {"http", "https"} and bool(parts.hostname)
        except ValueError:  # a bracket that is not closed
            names_a_host = False
        if not names_a_host:
            mistakes.append(f"{name} must start with http:// or https:// and name a host.")
            return None
        return text

    def line(name: str) -> str | None:
        """A short text for people, as it is to stand on a page; None when it is not set."""
        text = " ".join(env.get(name, "").split())
        if len(text) > LINE_AT_MOST or not text.isprintable():
            mistakes.append(f"{name} must be plain text of at most {LINE_AT_MOST} letters.")
            return None
        return text or None

    mode_text = env.get("SERVICE_MODE", "").strip().lower() or ServiceMode.TRAINING
    mode = ServiceMode.TRAINING
    if mode_text not in set(ServiceMode):
        names = ", ".join(ServiceMode)
        mistakes.append(f"SERVICE_MODE must be one of {names}, not “{mode_text}”.")
    else:
        mode = ServiceMode(mode_text)

    instance = Path(env.get("INSTANCE", "").strip() or ROOT / "instance").expanduser().resolve()
    database_url = env.get("DATABASE_URL", "").strip() or f"sqlite:///{instance / 'oss.sqlite'}"
    for old in ("postgres://", "postgresql://"):
        if database_url.startswith(old):
            database_url = "postgresql+psycopg://" + database_url.removeprefix(old)
    if not database_url.startswith(("sqlite:///", "postgresql+psycopg://")):
        mistakes.append("DATABASE_URL must start with sqlite:/// or postgresql://.")

    level = env.get("LOG_LEVEL", "").strip().upper() or "INFO"
    if level not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
        mistakes.append(f"LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR, not “{level}”.")

    dukcapil_url = address("DUKCAPIL_URL")
    if dukcapil_url and not (env.get("DUKCAPIL_USER") and env.get("DUKCAPIL_PASSWORD")):
        mistakes.append("DUKCAPIL_URL also needs DUKCAPIL_USER and DUKCAPIL_PASSWORD.")

    sending = _read_messages(env, address, mistakes)
    if mode is ServiceMode.TRAINING:  # people practise with numbers that may belong to somebody
        if env.get("MESSAGES", "").strip().lower() == "send":
            mistakes.append(
                "MESSAGES=send is not for SERVICE_MODE=training: practice sends nothing."
            )
        sending["messages"] = "page"
    files = {name: env.get(f"FILES_S3_{name}", "").strip() for name in _OBJECT_STORE}
    endpoint = address("FILES_S3_ENDPOINT")
    absent = [f"FILES_S3_{name}" for name in _OBJECT_STORE if not files[name]]
    if 0 < len(absent) < len(_OBJECT_STORE):
        mistakes.append(f"Files in an object store also need {' and '.join(absent)}.")
    if files["BUCKET"] and not _BUCKET.fullmatch(files["BUCKET"]):
        mistakes.append("FILES_S3_BUCKET must have 3 to 63 small letters, digits, dots or hyphens.")
    object_store = None
    if endpoint and not absent:
        object_store = ObjectStore(
            endpoint=endpoint,
            bucket=files["BUCKET"],
            key=files["KEY"],
            secret=files["SECRET"],
            region=env.get("FILES_S3_REGION", "").strip() or "us-east-1",
        )

    by_whom = env.get("NIK_CHECK", "").strip().lower()
    nik_check = NikCheckMode.MANUAL
    if not by_whom:
        if dukcapil_url or mode is ServiceMode.TRAINING:
            nik_check = NikCheckMode.SERVICE
    elif by_whom in set(NikCheckMode):
        nik_check = NikCheckMode(by_whom)
    else:
        mistakes.append(f"NIK_CHECK must be service or manual, not “{by_whom}”.")
    # The practice registry knows made-up people only: a real person would be told to go and mend
    # a NIK that is right.
    unasked = mode is not ServiceMode.TRAINING and not env.get("DUKCAPIL_URL", "").strip()
    if unasked and nik_check is NikCheckMode.SERVICE:
        mistakes.append(
            f"NIK_CHECK=service needs DUKCAPIL_URL in {mode}. "
            "Without it set NIK_CHECK=manual: staff compare on the registry's portal."
        )

    practice_space = _read_practice_space(env, mode, mistakes)
    wipe_at = env.get("PRACTICE_WIPE_AT", "").strip() or "02:00"
    if not _HOUR.fullmatch(wipe_at):
        mistakes.append(f"PRACTICE_WIPE_AT must be hour and minute in WIT, not “{wipe_at}”.")
        wipe_at = "02:00"

    running = _read_running(env, sending["smtp_url"], mistakes)

    oss_url = address("OSS_URL")
    area_codes = env.get("OSS_AREA_CODES", "").strip() or "2022"
    if area_codes not in _AREA_CODES:
        mistakes.append(f"OSS_AREA_CODES must be 2019 or 2022, not “{area_codes}”.")
    agency_code = env.get("OSS_AGENCY_CODE", "").strip()
    if not re.fullmatch(r"([0-9A-Za-z]{1,3})?", agency_code):
        mistakes.append(f"OSS_AGENCY_CODE must be up to 3 letters or digits, not “{agency_code}”.")
    if mode is ServiceMode.CONNECTED:
        mistakes += [
            f"{name} is missing: SERVICE_MODE=connected needs it. {what}"
            for name, what in _FOR_OSS.items()
            if not env.get(name, "").strip()
        ]

    settings = Settings(
        mode=mode,
        host=env.get("HOST", "").strip() or "127.0.0.1",
        port=whole("PORT", 8000, 1, 65535),
        instance=instance,
        database_url=database_url,
        public_url=address("PUBLIC_URL"),
        workers=whole("WORKERS", 1, 1, 64),
        threads=whole("THREADS", 4, 1, 64),
        trusted_proxies=proxies(),
        log_level=level,
        dukcapil_url=dukcapil_url,
        dukcapil_user=env.get("DUKCAPIL_USER", "practice"),
        dukcapil_password=env.get("DUKCAPIL_PASSWORD", "practice"),
        dukcapil_ip=env.get("DUKCAPIL_IP", "127.0.0.1"),
        rate_limit_storage=env.get("RATE_LIMIT_STORAGE", "").strip(),
        office_hours=line("OFFICE_HOURS"),
        office_address=line("OFFICE_ADDRESS"),
        office_phone=line("OFFICE_PHONE"),
        office_map=address("OFFICE_MAP"),
        dukcapil_hours=line("DUKCAPIL_HOURS"),
        dukcapil_address=line("DUKCAPIL_ADDRESS"),
        nik_case_days=whole("NIK_CASE_DAYS", 90, 1, 3650),
        **sending,
        object_store=object_store,
        slow_sender_s=whole("SLOW_SENDER_S", 60, 5, 600),
        send_within_s=whole("SEND_WITHIN_S", 1800, 60, 86400),
        practice_space=practice_space,
        practice_wipe_at=time.fromisoformat(wipe_at),
        nik_check=nik_check,
        oss_url=oss_url,
        oss_area_codes=area_codes,
        oss_agency_code=agency_code,
        oss_user_key=env.get("OSS_USER_KEY", "").strip(),
        oss_username=env.get("OSS_USERNAME", "").strip(),
        oss_password=env.get("OSS_PASSWORD", "").strip(),
        backup_keep_days=whole("BACKUP_KEEP_DAYS", 35, 1, 3650),
        **running,
    )
    if mistakes:
        raise BadSettings(mistakes)
    return settings


def _read_practice_space(
    env: Mapping[str, str], mode: ServiceMode, mistakes: list[str]
) -> PracticeSpace:
    """Return whether there is a practice space: on where nothing else is said, off in training."""
    said = env.get("PRACTICE_SPACE", "").strip().lower() or PracticeSpace.ON
    if said not in set(PracticeSpace):
        mistakes.append(f"PRACTICE_SPACE must be on or off, not “{said}”.")
        return PracticeSpace.OFF
    if said == PracticeSpace.INSIDE and mode is not ServiceMode.TRAINING:
        mistakes.append("PRACTICE_SPACE=inside is set by the program itself, for training only.")
    if said == PracticeSpace.ON and mode is ServiceMode.TRAINING:
        return PracticeSpace.OFF
    return PracticeSpace(said)


def _read_running(
    env: Mapping[str, str], smtp_url: str | None, mistakes: list[str]
) -> dict[str, Any]:
    """Return where copies go and where figures are asked for; add a sentence for each mistake."""

    def said(name: str) -> str:
        return env.get(name, "").strip()

    found: dict[str, Any] = {
        "office_email": said("OFFICE_EMAIL") or None,
        "backup_to": Path(said("BACKUP_TO")).expanduser().resolve() if said("BACKUP_TO") else None,
        "backup_recovery_key": said("BACKUP_RECOVERY_KEY"),
        "metrics_token": said("METRICS_TOKEN"),
    }
    if found["office_email"] and not (smtp_url and "@" in found["office_email"]):
        mistakes.append("OFFICE_EMAIL must be an e-mail address, and needs SMTP_URL to be sent by.")
    key = found["backup_recovery_key"]
    if found["backup_to"] and not key:
        mistakes.append(
            "BACKUP_TO also needs BACKUP_RECOVERY_KEY: flask backup key FILE makes one. "
            "Without it nobody could open a copy after this machine is lost."
        )
    if key and not _RECOVERY_KEY.fullmatch(key):
        secret = key.upper().startswith("AGE-SECRET-KEY")
        mistakes.append(
            "BACKUP_RECOVERY_KEY must be the public key, age1…, not the secret one: "
            "that one belongs into the safe."
            if secret
            else "BACKUP_RECOVERY_KEY must be a public key of age, age1… with 62 signs."
        )
    at = said("BACKUP_AT") or "01:17"
    if not _HOUR.fullmatch(at):
        mistakes.append(f"BACKUP_AT must be hour and minute in WIT, not “{at}”.")
        at = "01:17"
    found["backup_at"] = time.fromisoformat(at)
    token = found["metrics_token"]
    if 0 < len(token) < TOKEN_AT_LEAST:
        mistakes.append(f"METRICS_TOKEN must have at least {TOKEN_AT_LEAST} signs.")
    if listen := said("METRICS_LISTEN"):
        found["metrics_listen"] = _read_listen(listen, bool(token), mistakes)
    return found


def _read_listen(text: str, has_token: bool, mistakes: list[str]) -> tuple[str, int] | None:
    """Return address and port. Only this machine may ask without a token."""
    host, _, port = text.rpartition(":")
    host = host.strip("[]") or "127.0.0.1"
    try:
        place = ip_address(host)
    except ValueError:
        place = None
    if place is None or not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        mistakes.append(f"METRICS_LISTEN must be like 127.0.0.1:9108, not “{text}”.")
        return None
    if not place.is_loopback and not has_token:
        mistakes.append(
            "METRICS_LISTEN is an address that others reach, so it also needs METRICS_TOKEN."
        )
    return host, int(port)


def _read_messages(
    env: Mapping[str, str],
    address: Callable[[str], str | None],
    mistakes: list[str],
) -> dict[str, Any]:
    """Return the settings for messages to people; add a sentence for each mistake."""

    def said(name: str) -> str:
        return env.get(name, "").strip()

    settings: dict[str, Any] = {
        "smtp_url": said("SMTP_URL") or None,
        "mail_from": said("MAIL_FROM"),
        "gammu_database_url": said("GAMMU_DATABASE_URL") or None,
        "messages_inbound_token": said("MESSAGES_INBOUND_TOKEN"),
        "audit_email": said("AUDIT_EMAIL") or None,
    }
    if settings["audit_email"] and not (settings["smtp_url"] and "@" in settings["audit_email"]):
        mistakes.append("AUDIT_EMAIL must be an e-mail address, and needs SMTP_URL to be sent by.")
    for way in ("SMS", "WHATSAPP"):
        url, token = address(f"{way}_GATEWAY_URL"), said(f"{way}_GATEWAY_TOKEN")
        settings[f"{way.lower()}_gateway_url"] = url
        settings[f"{way.lower()}_gateway_token"] = token
        if url and not token:
            mistakes.append(f"{way}_GATEWAY_URL also needs {way}_GATEWAY_TOKEN.")
    if settings["smtp_url"]:
        try:
            parts = urlsplit(settings["smtp_url"])
            is_mail = parts.scheme in {"smtp", "smtps"} and bool(parts.hostname)
            is_mail = is_mail and parts.port != 0
        except ValueError:
            is_mail = False
        if not is_mail:  # the address may hold a password, so it is not repeated
            mistakes.append("SMTP_URL must start with smtp:// or smtps:// and name a host.")
        if "@" not in settings["mail_from"]:
            mistakes.append("SMTP_URL also needs MAIL_FROM, the e-mail address that it sends from.")
    gammu = settings["gammu_database_url"]
    if gammu and gammu.startswith(("postgres://", "postgresql://")):
        gammu = settings["gammu_database_url"] = "postgresql+psycopg://" + gammu.partition("://")[2]
    if gammu and not gammu.startswith(("sqlite:///", "postgresql+psycopg://")):
        mistakes.append("GAMMU_DATABASE_URL must start with sqlite:/// or postgresql://.")
    if gammu and settings["sms_gateway_url"]:
        mistakes.append(
            "SMS_GATEWAY_URL and GAMMU_DATABASE_URL both send SMS. Set only one of them."
        )
    if 0 < len(settings["messages_inbound_token"]) < TOKEN_AT_LEAST:
        mistakes.append(f"MESSAGES_INBOUND_TOKEN must have at least {TOKEN_AT_LEAST} signs.")

    ways = ("smtp_url", "sms_gateway_url", "whatsapp_gateway_url", "gammu_database_url")
    can_send = any(settings[way] for way in ways)
    settings["messages"] = said("MESSAGES").lower() or ("send" if can_send else "page")
    if settings["messages"] not in {"page", "send"}:
        mistakes.append(f"MESSAGES must be page or send, not “{settings['messages']}”.")
    elif settings["messages"] == "send" and not can_send:
        mistakes.append(
            "MESSAGES=send needs SMTP_URL, SMS_GATEWAY_URL, WHATSAPP_GATEWAY_URL or"
            " GAMMU_DATABASE_URL."
        )
    return settings
