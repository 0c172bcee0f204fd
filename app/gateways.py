"""The outside, connected: which adapter stands behind each port, chosen once by the settings."""

from __future__ import annotations

import time

from flask import Flask

from app import clock
from app.adapters.civil_registry import CivilRegistry, HttpCivilRegistry, NoRegistry
from app.adapters.files import Files, FilesUnavailable, FolderFiles, ObjectStoreFiles, PlaceMissing
from app.adapters.http import service_client
from app.adapters.messages import Carrier, Messages, PageOutbox
from app.adapters.messages.gammu import GammuSmsd
from app.adapters.messages.gateway import HttpGateway
from app.adapters.messages.mail import SmtpMail, read_smtp_url
from app.adapters.oss.licensing import HttpLicensing, NoLine
from app.adapters.oss.port import Licensing
from app.config import Settings
from app.domain.oss.service_mode import ServiceMode
from app.domain.sending.messages import Channel
from app.extensions import ports
from app.services.reference import oss_areas
from app.simulators._shared import serve
from app.simulators.dukcapil import create_dukcapil_simulator
from app.simulators.oss import create_oss_simulator
from app.storage.keyfile import Secrets, load_secrets


def init_app(app: Flask, settings: Settings, keys: Secrets) -> None:
    """Bind the registry, the licensing service, the messages and the store of files."""
    ports.files = files_of(settings)
    ports.civil_registry = _civil_registry(settings)
    ports.licensing = _licensing(settings, keys)
    ports.messages = make_messages(settings)


def files_of(settings: Settings) -> Files:
    """Return the place of papers that the settings name."""
    store = settings.object_store
    if store is None:
        return FolderFiles(settings.instance / "files")
    return ObjectStoreFiles(
        store.endpoint, store.bucket, key=store.key, secret=store.secret, region=store.region
    )


def files_advice(settings: Settings, error: FilesUnavailable) -> str:
    """Return a sentence for whoever looks after the system: where files should be, what to mend."""
    store = settings.object_store
    if store is None:
        place = f"The folder of files, {settings.instance / 'files'},"
        mend = "Is its disk mounted, and is INSTANCE right?"
    else:
        place = f"The bucket of files, {store.bucket} at {store.endpoint},"
        mend = "Are FILES_S3_ENDPOINT and FILES_S3_BUCKET right?"
    if isinstance(error, PlaceMissing):
        return (
            f"{place} is not there, or is not the one that holds the files of this database. {mend}"
        )
    return f"{place} does not answer or does not let us in ({error.cause}). Papers cannot be kept."


def _civil_registry(settings: Settings) -> CivilRegistry:
    """Return the line to the registry, or none where staff compare on its portal."""
    if settings.simulate:
        state = settings.instance / "simulators"
        state.mkdir(parents=True, exist_ok=True)
        client = service_client("dukcapil", simulator=create_dukcapil_simulator(state))
    elif settings.dukcapil_url:
        client = service_client("dukcapil", base_url=settings.dukcapil_url)
    else:
        return NoRegistry()
    return HttpCivilRegistry(
        client,
        user_id=settings.dukcapil_user,
        password=settings.dukcapil_password,
        ip_user=settings.dukcapil_ip,
    )


def _licensing(settings: Settings, keys: Secrets) -> Licensing:
    """Return the line to OSS that the mode of the service has."""
    if settings.mode is ServiceMode.ASSIST:
        return NoLine()
    if settings.mode is ServiceMode.CONNECTED:
        return HttpLicensing(
            service_client("oss", base_url=settings.oss_url),
            user_key=settings.oss_user_key,
            practice=False,
            area_code=oss_areas.before_2022 if settings.oss_area_codes == "2019" else str,
        )
    state = settings.instance / "simulators"
    state.mkdir(parents=True, exist_ok=True)
    oss = create_oss_simulator(state, keys.oss_user_key, now=clock.now, sleep=time.sleep)
    return HttpLicensing(service_client("oss", simulator=oss), user_key=keys.oss_user_key)


def make_messages(settings: Settings) -> Messages:
    """Return the way out to people: the practice outbox, or what the settings name.

    Outside practice nothing is carried that has no gateway: a code into the outbox reaches nobody.
    """
    in_training = settings.in_training
    carriers: dict[Channel, Carrier] = {}
    smsd = None
    if in_training:
        outbox = PageOutbox()
        carriers = {each: outbox for each in Channel if each is not Channel.PAGE}
    elif settings.messages == "send":
        if settings.gammu_database_url:
            carriers[Channel.SMS] = smsd = GammuSmsd(settings.gammu_database_url)
        if settings.sms_gateway_url:
            gateway = service_client("sms", base_url=settings.sms_gateway_url)
            carriers[Channel.SMS] = HttpGateway(gateway, settings.sms_gateway_token)
        if settings.whatsapp_gateway_url:
            gateway = service_client("whatsapp", base_url=settings.whatsapp_gateway_url)
            carriers[Channel.WHATSAPP] = HttpGateway(gateway, settings.whatsapp_gateway_token)
        if settings.smtp_url:
            server = read_smtp_url(settings.smtp_url)
            carriers[Channel.EMAIL] = SmtpMail(server, settings.mail_from)
    return Messages(
        carriers,
        inbox=smsd,
        in_training=in_training,
        built_in=in_training,
        address=f"{settings.public_url}/lacak" if settings.public_url else None,
    )


def serve_simulator(app: Flask, name: str, port: int) -> None:
    """Serve a built-in simulator over a port, so that another process can be pointed at it."""
    settings: Settings = app.config["SETTINGS"]
    state = settings.instance / "simulators"
    state.mkdir(parents=True, exist_ok=True)
    if name == "dukcapil":
        serve(create_dukcapil_simulator(state), port=port)
        return
    keys = load_secrets(settings.instance)
    simulator = create_oss_simulator(state, keys.oss_user_key, now=clock.now, sleep=time.sleep)
    serve(simulator, port=port)
