"""Messages: quiet hours, lengths, ways, giving up, and what an SMS may ask."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.law.calendar import WIT, MomentWithoutZone
from app.domain.sending.messages import (
    ANSWERS,
    ASKED_JUST_NOW,
    LIFE,
    SHORT_LIFE,
    TRIES_AT_MOST,
    Channel,
    InboundKind,
    InboundRequest,
    MessageKind,
    SmsPart,
    WrongFacts,
    allowed_facts,
    channels_for,
    check_facts,
    fits_one_sms,
    leave_until,
    life_of,
    next_allowed,
    next_try,
    part_of_sms,
    read_inbound,
    relative_validity,
    septets,
)
from app.domain.written.support_number import new_support_number

NUMBER = new_support_number(lambda count: "48210937551"[:count])
OTHER = new_support_number(lambda count: "175966994268"[:count])
PHONE_LIKE = new_support_number(lambda count: "08120000456"[:count])
WRONG = f"{NUMBER[:-1]}{(int(NUMBER[-1]) + 1) % 10}"
ALL = frozenset({Channel.SMS, Channel.WHATSAPP, Channel.EMAIL})
NONE: frozenset[Channel] = frozenset()


def at(hour: int, minute: int = 0, second: int = 0, day: int = 23) -> datetime:
    return datetime(2026, 11, day, hour, minute, second, tzinfo=WIT)


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [
        (at(7), at(7)),
        (at(6, 59, 59), at(7)),
        (at(20, 59, 59), at(20, 59, 59)),
        (at(21), at(7, day=24)),
        (at(23, 59, 59), at(7, day=24)),
        (at(0, day=24), at(7, day=24)),
        (at(12), at(12)),
        (datetime(2026, 12, 31, 22, tzinfo=WIT), datetime(2027, 1, 1, 7, tzinfo=WIT)),
    ],
)
def test_no_phone_rings_at_night(moment, allowed):
    assert next_allowed(moment, MessageKind.SENT) == allowed
    in_utc = next_allowed(moment.astimezone(UTC), MessageKind.SENT)
    assert in_utc == allowed
    assert in_utc.tzinfo is UTC


@pytest.mark.parametrize("kind", sorted(ASKED_JUST_NOW))
def test_what_somebody_waits_for_comes_also_at_night(kind):
    assert next_allowed(at(3), kind) == at(3)


def test_a_moment_needs_a_zone():
    with pytest.raises(MomentWithoutZone):
        next_allowed(datetime(2026, 11, 23, 12), MessageKind.SENT)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("moment", "planned_for", "until"),
    [
        (at(7), at(7), at(21)),
        (at(20, 59), at(20, 59), at(21)),
        (at(9), at(10, day=21), at(10)),
        (at(9).astimezone(UTC), at(9).astimezone(UTC), at(21)),
    ],
)
def test_a_message_may_leave_until_the_quiet_hours_or_the_end_of_its_life(
    moment, planned_for, until
):
    assert leave_until(moment, MessageKind.SENT, planned_for) == until
    code = leave_until(moment, MessageKind.RECOVERY_CODE, planned_for)
    assert code == planned_for + SHORT_LIFE


@pytest.mark.parametrize(
    ("life", "code"),
    [
        (timedelta(minutes=-1), 0),
        (timedelta(minutes=9, seconds=59), 0),
        (timedelta(minutes=10), 1),
        (SHORT_LIFE, 2),
        (timedelta(hours=12), 143),
        (timedelta(hours=12, minutes=29), 143),
        (timedelta(hours=12, minutes=30), 144),
        (timedelta(hours=24), 167),
        (timedelta(hours=47), 167),
        (LIFE, 168),
        (timedelta(days=30), 196),
        (timedelta(days=90), 196),
    ],
)
def test_how_long_the_network_may_try(life, code):
    assert relative_validity(life) == code


@given(st.timedeltas(timedelta(minutes=5), timedelta(days=31)))
def test_the_network_never_tries_for_longer_than_a_message_helps(life):
    code = relative_validity(life)
    assert 0 <= code <= 196
    if code <= 143:
        says = timedelta(minutes=5) * (code + 1)
    elif code <= 167:
        says = timedelta(hours=12) + timedelta(minutes=30) * (code - 143)
    else:
        says = timedelta(days=code - 166)
    assert says <= life


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("050003320201", SmsPart(0x32, 2, 1)),
        ("05000332ff0a", SmsPart(0x32, 255, 10)),
        ("06080412340302", SmsPart(0x1234, 3, 2)),
        ("0A0003320201" + "05040B84", SmsPart(0x32, 2, 1)),
        ("0B05040B84C002" + "0003320202", SmsPart(0x32, 2, 2)),
        ("", None),
        ("050003320200", None),
        ("050003320203", None),
        ("0500033202", None),
        ("06050415811581", None),
        ("xyz", None),
    ],
)
def test_the_parts_of_a_long_sms(header, part):
    assert part_of_sms(header) == part


@given(st.binary(max_size=20))
def test_no_header_breaks_the_reading(header):
    found = part_of_sms(header.hex())
    assert found is None or 1 <= found.number <= found.total <= 255


def try_again(kind=MessageKind.SENT, *, attempts=1, after=timedelta(0), start=None):
    start = start or at(9)
    return next_try(
        kind, attempts=attempts, planned_for=start, now=start + after, jitter=lambda: 0.5
    )


def test_tries_come_later_and_later_and_keep_the_night_quiet():
    assert try_again(attempts=1) == at(9, 1)
    assert try_again(attempts=2) == at(9, 5)
    assert try_again(attempts=5) == at(13)
    assert try_again(attempts=1, start=at(20, 59, 30)) == at(7, day=24)


def test_it_gives_up_after_so_many_tries():
    assert try_again(attempts=TRIES_AT_MOST - 1) is not None
    assert try_again(attempts=TRIES_AT_MOST) is None


def test_it_gives_up_when_it_is_too_late_to_help():
    assert try_again(attempts=1, after=LIFE - timedelta(minutes=1)) is not None
    assert try_again(attempts=1, after=LIFE) is None
    code = MessageKind.RECOVERY_CODE
    assert try_again(code, attempts=1, after=SHORT_LIFE - timedelta(minutes=1)) is not None
    assert try_again(code, attempts=1, after=SHORT_LIFE) is None


def test_what_is_waited_for_lives_shortly():
    assert {kind for kind in MessageKind if life_of(kind) == SHORT_LIFE} == ASKED_JUST_NOW


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("", 0),
        ("abc", 3),
        ("@£é\n", 4),
        ("[", 2),
        ("a|b", 4),
        ("€", 2),
        ("“", None),
        ("–", None),
        ("ç", None),
        ("`", None),
        ("•", None),
    ],
)
def test_lengths_in_the_alphabet_of_phones(text, length):
    assert septets(text) == length


def test_one_sms_has_160():
    assert fits_one_sms("x" * 160)
    assert not fits_one_sms("x" * 161)
    assert fits_one_sms("[" * 80)
    assert not fits_one_sms("[" * 80 + "x")
    assert not fits_one_sms("–")


def ways(**options):
    usual = {
        "has_phone": True,
        "has_email": False,
        "preferred": None,
        "carried": ALL,
        "refused": NONE,
    }
    return channels_for(**{**usual, **options})


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({}, (Channel.SMS,)),
        ({"preferred": Channel.WHATSAPP}, (Channel.WHATSAPP,)),
        ({"preferred": Channel.WHATSAPP, "carried": {Channel.SMS}}, (Channel.SMS,)),
        ({"carried": {Channel.WHATSAPP}}, (Channel.WHATSAPP,)),
        ({"has_email": True}, (Channel.SMS, Channel.EMAIL)),
        ({"has_email": True, "preferred": Channel.EMAIL}, (Channel.EMAIL,)),
        (
            {"has_email": True, "preferred": Channel.EMAIL, "carried": {Channel.SMS}},
            (Channel.SMS,),
        ),
        ({"preferred": Channel.EMAIL}, (Channel.SMS,)),
        ({"has_phone": False}, ()),
        ({"has_phone": False, "has_email": True}, (Channel.EMAIL,)),
        ({"carried": NONE, "has_email": True}, ()),
        ({"refused": {Channel.SMS}}, ()),
        ({"refused": {Channel.SMS}, "has_email": True}, (Channel.EMAIL,)),
        ({"refused": {Channel.WHATSAPP}}, (Channel.SMS,)),
    ],
)
def test_the_ways_to_a_person(options, found):
    assert ways(**options) == found


def test_facts_are_a_closed_list():
    for kind in MessageKind:
        for facts in allowed_facts(kind):
            check_facts(kind, facts)
        with pytest.raises(WrongFacts):
            check_facts(kind, frozenset({"name"}))
    with pytest.raises(WrongFacts):
        check_facts(MessageKind.DEADLINE_SOON, frozenset())
    assert ANSWERS < ASKED_JUST_NOW


SPACED = f"{NUMBER[:4]} {NUMBER[4:8]} {NUMBER[8:]}"


@pytest.mark.parametrize(
    "text",
    [
        f"STATUS SRG {SPACED}",
        f"status srg{NUMBER}",
        f"Status {NUMBER}",
        f"cek {SPACED}",
        f"CEK: SRG-{SPACED.replace(' ', '-')}",
        f"  StAtUs   srg  {SPACED}. ",
        f"STATUS\nSRG {SPACED}",
        f"check SRG{NUMBER}?",
        f"SRG {SPACED}",
        NUMBER,
        f"status SRG {SPACED} terima kasih",
        f"selamat pagi, STATUS {NUMBER}",
        f"Tolong cek berkas saya {SPACED}, sudah 2 minggu",
        f"pagi bu nomor saya {NUMBER} bagaimana?",
        f"cek no 2 {SPACED} 3",
        f"STATUS {NUMBER}".translate({48 + n: 0xFF10 + n for n in range(10)}),
        f"ＳＴＡＴＵＳ\u3000SRG\u200b {SPACED}",
        f"STATUS {' '.join(NUMBER[n : n + 2] for n in range(0, 12, 2))}",
        f"status SRG {WRONG} eh SRG {SPACED}",
        f"STATUS {NUMBER} {NUMBER}",
        "x" * 1200 + f" STATUS {NUMBER}",
    ],
)
def test_a_status_is_asked_in_many_spellings(text):
    assert read_inbound(text) == InboundRequest(InboundKind.STATUS, (NUMBER,))


@pytest.mark.parametrize(
    "text",
    [
        f"cek {NUMBER} dan {OTHER}",
        f"STATUS {SPACED} {OTHER}",
        f"status SRG{NUMBER},SRG{OTHER}",
        f"{SPACED} {OTHER}",
        f"{NUMBER}/{OTHER} status, {new_support_number(lambda count: '3' * count)}",
    ],
)
def test_two_numbers_in_one_sms(text):
    assert read_inbound(text) == InboundRequest(InboundKind.STATUS, (NUMBER, OTHER))


@given(before=st.text(max_size=60), behind=st.text(max_size=60), wide=st.booleans())
def test_a_right_number_is_found_in_whatever_is_said_around_it(before, behind, wide):
    alone = [re.sub(r"[\W\d_]", " ", unicodedata.normalize("NFKC", t)) for t in (before, behind)]
    written = SPACED.translate({48 + n: 0xFF10 + n for n in range(10)}) if wide else SPACED
    found = read_inbound(f"cek {alone[0]} {written} {alone[1]}")
    assert found == InboundRequest(InboundKind.STATUS, (NUMBER,))


@pytest.mark.parametrize("text", ["STATUS SRG 1111 1111 1112", f"cek {WRONG}?", f"SRG {WRONG[:9]}"])
def test_a_status_with_a_mistyped_number(text):
    assert read_inbound(text) == InboundRequest(InboundKind.STATUS)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("STOP", InboundKind.STOP),
        (" stop. ", InboundKind.STOP),
        ("Berhenti", InboundKind.STOP),
        ("MULAI", InboundKind.START),
        ("start!", InboundKind.START),
        ("STOP SMS", InboundKind.STOP),
        ("stop sending me this", InboundKind.STOP),
        ("tolong berhenti kirim SMS", InboundKind.STOP),
        (f"stop SRG {NUMBER}", InboundKind.STOP),
        ("apakah SMS ini bisa saya stop", InboundKind.OTHER),
        ("stop apa artinya?", InboundKind.OTHER),
        ("berhenti usaha bagaimana caranya", InboundKind.OTHER),
        ("mulai usaha bagaimana", InboundKind.OTHER),
        ("halo", InboundKind.OTHER),
        ("", InboundKind.OTHER),
        ("STATUS", InboundKind.OTHER),
        ("STATUSKU bagaimana", InboundKind.OTHER),
        ("9601055403879001", InboundKind.OTHER),
        ("cek 9601 0554 0387 9001", InboundKind.OTHER),
        ("cek 123", InboundKind.OTHER),
        ("STATUS 0000123456789", InboundKind.OTHER),
        (f"telepon saya {PHONE_LIKE}", InboundKind.OTHER),
        (f"nomor saya {WRONG}", InboundKind.OTHER),
    ],
)
def test_other_words(text, kind):
    assert read_inbound(text) == InboundRequest(kind)


@given(st.text(max_size=400))
def test_no_text_breaks_the_reading(text):
    assert all(len(number) == 12 for number in read_inbound(text).numbers)
