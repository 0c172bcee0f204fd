import json
import threading
from dataclasses import replace
from datetime import date

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs
from werkzeug.serving import make_server

from app.adapters.civil_registry import HttpCivilRegistry, read_answer
from app.adapters.http import ServiceClient, service_client
from app.domain.nik.verdict import (
    Field,
    NikClass,
    RegistryFault,
    RegistryQuery,
    RegistryReply,
    classify,
)
from app.domain.written.made_up import SERIALS
from app.domain.written.person import Sex
from app.simulators._shared import SLOW_S, UnderscoreHeaders
from app.simulators.dukcapil import (
    INACTIVE_USER,
    Behaviour,
    create_dukcapil_simulator,
    made_up_people,
)

PEOPLE = {person.key: person for person in made_up_people()}
SETTLED = [person for person in PEOPLE.values() if person.behaviour is Behaviour.NONE]
ACCESS = {"user_id": "latihan", "password": "latihan", "ip_user": "127.0.0.1"}


def over(simulator, *, access=ACCESS, **limits):
    return HttpCivilRegistry(service_client("dukcapil", simulator=simulator, **limits), **access)


@pytest.fixture
def slept():
    return []


@pytest.fixture
def registry(tmp_path, slept):
    return over(create_dukcapil_simulator(tmp_path, sleep=slept.append))


@pytest.fixture
def set_mode(tmp_path):
    def write(mode):
        (tmp_path / "dukcapil.json").write_text(json.dumps({"mode": mode}))

    return write


def check(registry, person, **kwargs):
    return classify(registry.verify(person.query(), **kwargs))


def answering(status=200, body=b""):
    """A registry behind which one fixed answer stands."""
    transport = httpx.MockTransport(lambda _request: httpx.Response(status, content=body))
    client = httpx.Client(transport=transport, base_url="http://x.invalid")
    return HttpCivilRegistry(ServiceClient("dukcapil", client), **ACCESS)


# Classes


@pytest.mark.parametrize("person", SETTLED, ids=lambda person: person.key)
def test_each_made_up_person_comes_to_the_class_in_the_file(registry, person):
    assert check(registry, person).nik_class is person.nik_class


def test_all_fields_that_differ_are_named(registry):
    assert check(registry, PEOPLE["name_differs"]).mismatched_fields == (Field.NAME,)
    assert check(registry, PEOPLE["name_and_date_differ"]).mismatched_fields == (
        Field.NAME,
        Field.BIRTH_DATE,
    )


def test_spelling_that_does_not_matter_does_not_matter(registry):
    query = PEOPLE["apostrophe"].query()
    typed = replace(query, name="  ma’ruf   LATIHAN ")
    assert classify(registry.verify(typed)).nik_class is NikClass.MATCH


def test_unknown_numbers_are_not_found_reserved_or_not(registry):
    for nik in ("9601051503879999", "9601051503870001"):
        query = RegistryQuery(nik, "Siapa Saja", date(1987, 3, 15), Sex.MALE)
        assert classify(registry.verify(query)).nik_class is NikClass.NOT_FOUND


@pytest.mark.parametrize(
    "nik", ["", "12345", "9601053203879001", "9601051513879001", "9601051503870000", "x" * 16]
)
def test_a_malformed_number_is_said_to_be_one(registry, nik):
    query = RegistryQuery(nik, "Siapa Saja", date(1987, 3, 15), Sex.MALE)
    assert classify(registry.verify(query)).nik_class is NikClass.FORMAT


# Behaviours of single people


def test_slow_once_then_quick(registry, slept):
    assert check(registry, PEOPLE["slow"]).nik_class is NikClass.MATCH
    assert slept == [SLOW_S]
    check(registry, PEOPLE["slow"])
    assert slept == [SLOW_S]


def test_down_for_the_first_check_then_found(registry):
    verdict = check(registry, PEOPLE["down"])
    assert (verdict.nik_class, verdict.cause) == (NikClass.PENDING, RegistryFault.DOWN)
    assert check(registry, PEOPLE["down"]).nik_class is NikClass.MATCH


@pytest.mark.parametrize(
    ("key", "fault"), [("quota", RegistryFault.QUOTA), ("garbage", RegistryFault.UNREADABLE)]
)
def test_one_bad_answer_then_found(registry, key, fault):
    assert check(registry, PEOPLE[key]).cause is fault
    assert check(registry, PEOPLE[key]).nik_class is NikClass.MATCH


def test_the_count_of_calls_outlives_the_process(tmp_path):
    check(over(create_dukcapil_simulator(tmp_path)), PEOPLE["quota"])
    again = over(create_dukcapil_simulator(tmp_path))
    assert check(again, PEOPLE["quota"]).nik_class is NikClass.MATCH


# Modes and time


def test_the_control_file_rules_over_everybody(registry, set_mode, slept):
    kiosk = PEOPLE["kiosk"]
    set_mode("down")
    assert check(registry, kiosk).cause is RegistryFault.DOWN
    set_mode("quota")
    assert check(registry, kiosk).cause is RegistryFault.QUOTA
    set_mode("slow")
    assert check(registry, kiosk).nik_class is NikClass.MATCH
    assert slept == [SLOW_S]
    set_mode("nonsense")
    assert check(registry, kiosk).nik_class is NikClass.MATCH


def test_a_broken_control_file_means_up(registry, tmp_path):
    for text in ("", "[]", "{", '{"mode": ["down"]}'):
        (tmp_path / "dukcapil.json").write_text(text)
        assert check(registry, PEOPLE["kiosk"]).nik_class is NikClass.MATCH


def test_nobody_waits_longer_than_the_budget(tmp_path, set_mode):
    awake = threading.Event()
    registry = over(create_dukcapil_simulator(tmp_path, sleep=awake.wait))
    set_mode("slow")
    verdict = check(registry, PEOPLE["kiosk"], budget_s=0.3)
    assert (verdict.nik_class, verdict.cause) == (NikClass.PENDING, RegistryFault.TIMEOUT)
    awake.set()


def test_an_open_breaker_is_a_fault_and_the_registry_is_left_alone(tmp_path, set_mode):
    registry = over(create_dukcapil_simulator(tmp_path), fail_max=2, attempts=1)
    set_mode("down")
    for _ in range(2):
        check(registry, PEOPLE["kiosk"])
    set_mode("up")
    assert check(registry, PEOPLE["kiosk"]).cause is RegistryFault.DOWN


# Access


@pytest.mark.parametrize(
    ("access", "fault"),
    [
        ({"user_id": ""}, RegistryFault.LOGIN),
        ({"password": ""}, RegistryFault.LOGIN),
        ({"ip_user": ""}, RegistryFault.IP_ADDRESS),
        ({"user_id": INACTIVE_USER}, RegistryFault.USER_INACTIVE),
    ],
)
def test_trouble_with_our_access_is_told_apart(tmp_path, access, fault):
    registry = over(create_dukcapil_simulator(tmp_path), access={**ACCESS, **access})
    assert check(registry, PEOPLE["kiosk"]).cause is fault


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        (401, RegistryFault.LOGIN),
        (403, RegistryFault.LOGIN),
        (429, RegistryFault.QUOTA),
        (302, RegistryFault.DOWN),
        (404, RegistryFault.DOWN),
        (500, RegistryFault.DOWN),
        (503, RegistryFault.DOWN),
        (504, RegistryFault.TIMEOUT),
    ],
)
def test_a_status_other_than_200_is_a_fault(status, fault):
    assert answering(status).verify(PEOPLE["kiosk"].query()).fault is fault


# Answers


def content(**entry):
    return json.dumps({"content": [entry], "lastPage": True}).encode()


GOOD = {"NAMA_LGKP": "Sesuai (100)", "TGL_LHR": "Sesuai", "JENIS_KLMIN": "Sesuai"}


def test_a_comparing_answer_is_reduced_to_verdicts():
    body = content(**{**GOOD, "NAMA_LGKP": "Tidak Sesuai (74)", "JENIS_KLMIN": "tidak  sesuai"})
    assert read_answer(body, nik="1" * 16) == RegistryReply(
        name_score=74, name_agrees=False, birth_date_agrees=True, sex_agrees=False
    )


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"RESPON": "Data Tidak Ditemukan", "RESPONSE_CODE": "13"}, "13"),
        ({"RESPON": "Data Tidak Ditemukan", "RESPONSE_CODE": 13}, "13"),
        ({"RESPON": "Data tidak ditemukan"}, "13"),
        ({"RESPONSE_CODE": "11"}, "11"),
    ],
)
def test_codes_are_read_as_number_text_or_old_message(entry, code):
    assert read_answer(content(**entry), nik="1" * 16) == RegistryReply(response_code=code)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>Selamat datang</html>",
        b"\xff\xfe\x00",
        b"null",
        b"[]",
        b"{}",
        b'{"content": []}',
        b'{"content": null}',
        b'{"content": ["Sesuai"]}',
        b'{"content": [' + b"[" * 100_000,
        content(),
        content(RESPONSE_CODE="77"),
        content(RESPON="Selamat siang"),
        content(**{**GOOD, "TGL_LHR": "Mungkin"}),
        content(**{**GOOD, "NAMA_LGKP": None}),
        content(**{**GOOD, "JENIS_KLMIN": True}),
        content(NAMA_LGKP="Sesuai (100)", TGL_LHR="Sesuai"),
        content(**GOOD, NIK="2" * 16),
    ],
)
def test_what_cannot_be_read_is_a_fault(body):
    assert read_answer(body, nik="1" * 16).fault is RegistryFault.UNREADABLE


scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.floats()
entries = st.dictionaries(
    st.sampled_from(["NIK", "NAMA_LGKP", "TGL_LHR", "JENIS_KLMIN", "RESPON", "RESPONSE_CODE"]),
    scalars | st.sampled_from(["Sesuai", "Tidak Sesuai", "Sesuai (999)", "13", "00"]),
)


@given(
    st.recursive(scalars, st.lists, max_leaves=5) | st.builds(lambda e: {"content": [e]}, entries)
)
def test_no_json_whatever_breaks_the_port(answer):
    classify(read_answer(json.dumps(answer).encode(), nik="1" * 16))


# Privacy


def test_nothing_about_the_person_is_logged_or_shown(registry, set_mode, caplog):
    caplog.set_level("DEBUG")
    person = PEOPLE["name_differs"]
    set_mode("down")
    with capture_logs() as logs:
        down = registry.verify(person.query())
    set_mode("up")
    with capture_logs() as more:
        compared = registry.verify(person.query())
    everything = f"{logs} {more} {caplog.text} {down} {compared} {person.query()} {person}"
    for secret in (person.nik, "Yohanis", "Johannes", "YOHANIS", "JOHANNES", "1986"):
        assert secret not in everything


def test_the_simulator_keeps_no_number(registry, tmp_path):
    check(registry, PEOPLE["quota"])
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"quota" in stored
    assert PEOPLE["quota"].nik.encode() not in stored


# Population


def test_the_population_is_made_up_and_recognisable():
    assert len({person.nik for person in PEOPLE.values()}) == len(PEOPLE)
    for person in PEOPLE.values():
        assert int(person.nik[-4:]) in SERIALS
        for name in (person.name, person.typed_name):
            assert any(
                word in name for word in ("Praktik", "Contoh", "Latihan", "P.", "Tjontoh")
            ), person.key


def test_a_number_tells_the_birth_date_and_sex_of_its_card():
    for person in PEOPLE.values():
        day = person.typed_birth_date.day + (40 if person.typed_sex is Sex.FEMALE else 0)
        assert person.nik[6:12] == f"{day:02d}{person.typed_birth_date:%m%y}", person.key


def test_the_population_covers_what_can_happen():
    found = [person for person in SETTLED if person.nik_class is NikClass.MATCH]
    assert len(found) >= 12
    assert {person.nik[:4] for person in found} == {"9201", "9271", "9601", "9671", "7371"}
    assert {person.sex for person in found} == set(Sex)
    for sign in "'-.":
        assert any(sign in person.name for person in found)
    assert any(" " not in person.name for person in found)
    classes = {person.nik_class for person in PEOPLE.values()}
    assert classes == set(NikClass) - {NikClass.FORMAT, NikClass.KK_MISMATCH, NikClass.PENDING}
    assert {person.behaviour for person in PEOPLE.values()} == set(Behaviour)


# Several callers


def test_callers_at_the_same_moment_are_counted_one_by_one(tmp_path):
    registry = over(create_dukcapil_simulator(tmp_path))
    verdicts = []

    def call():
        verdicts.append(check(registry, PEOPLE["quota"], budget_s=8).cause)

    callers = [threading.Thread(target=call) for _ in range(8)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert sorted(map(str, verdicts)) == ["None"] * 7 + ["quota"]


def test_simulators_that_share_a_folder_share_the_count_from_the_first_moment(tmp_path):
    verdicts = []

    def first_use():
        registry = over(create_dukcapil_simulator(tmp_path))
        verdicts.append(check(registry, PEOPLE["quota"], budget_s=8).cause)

    users = [threading.Thread(target=first_use) for _ in range(4)]
    for user in users:
        user.start()
    for user in users:
        user.join()
    assert sorted(map(str, verdicts)) == ["None"] * 3 + ["quota"]


def test_over_a_port_it_is_the_same(tmp_path):
    app = create_dukcapil_simulator(tmp_path)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=UnderscoreHeaders)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    client = service_client("dukcapil", base_url=f"http://127.0.0.1:{server.port}")
    try:
        registry = HttpCivilRegistry(client, **ACCESS)
        assert check(registry, PEOPLE["kiosk"]).nik_class is NikClass.MATCH
    finally:
        client.close()
        server.shutdown()
        server.server_close()
