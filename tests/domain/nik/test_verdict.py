from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.nik.verdict import (
    CLASS_BY_RESPONSE_CODE,
    Field,
    InvalidThreshold,
    NikClass,
    RegistryFault,
    RegistryReply,
    Verdict,
    classify,
    fault_from_message,
)


def compared(name=True, birth_date=True, sex=True, score=None):
    return RegistryReply(
        name_score=score, name_agrees=name, birth_date_agrees=birth_date, sex_agrees=sex
    )


@pytest.mark.parametrize(
    ("code", "nik_class"),
    [
        ("11", NikClass.DECEASED),
        ("12", NikClass.DUPLICATE),
        ("13", NikClass.NOT_FOUND),
        ("14", NikClass.NOT_RECORDED),
        ("15", NikClass.FORMAT),
    ],
)
def test_a_code_of_the_registry_is_a_final_class(code, nik_class):
    assert classify(RegistryReply(response_code=code)) == Verdict(nik_class)


@pytest.mark.parametrize(
    ("reply", "nik_class", "fields"),
    [
        (compared(), NikClass.MATCH, ()),
        (compared(score=90), NikClass.MATCH, ()),
        (compared(score=89), NikClass.NAME_MISMATCH, (Field.NAME,)),
        (compared(name=False, score=95), NikClass.NAME_MISMATCH, (Field.NAME,)),
        (compared(name=False), NikClass.NAME_MISMATCH, (Field.NAME,)),
        (compared(birth_date=False), NikClass.BIRTH_DATE_MISMATCH, (Field.BIRTH_DATE,)),
        (compared(sex=False), NikClass.SEX_MISMATCH, (Field.SEX,)),
        (
            compared(birth_date=False, sex=False),
            NikClass.BIRTH_DATE_MISMATCH,
            (Field.BIRTH_DATE, Field.SEX),
        ),
        (compared(False, False, False), NikClass.NAME_MISMATCH, tuple(Field)),
    ],
)
def test_every_field_that_differs_is_named(reply, nik_class, fields):
    assert classify(reply) == Verdict(nik_class, fields)


@pytest.mark.parametrize("fault", RegistryFault)
def test_a_fault_leaves_the_check_to_be_done(fault):
    verdict = classify(RegistryReply(response_code="13", fault=fault))
    assert verdict == Verdict(NikClass.PENDING, is_final=False, cause=fault)


@pytest.mark.parametrize(
    "reply",
    [
        RegistryReply(),
        RegistryReply(response_code="99"),
        RegistryReply(response_code=""),
        compared(sex=None),
        compared(name=None, score=100),
        compared(birth_date=None),
    ],
)
def test_what_proves_nothing_is_never_a_match(reply):
    assert classify(reply).cause is RegistryFault.UNREADABLE


def test_the_threshold_moves_the_edge():
    assert classify(compared(score=80), name_threshold=80).nik_class is NikClass.MATCH
    assert classify(compared(score=79), name_threshold=80).nik_class is NikClass.NAME_MISMATCH
    for threshold in (-1, 101):
        with pytest.raises(InvalidThreshold):
            classify(compared(), name_threshold=threshold)


agreement = st.none() | st.booleans()


@given(
    st.builds(
        RegistryReply,
        response_code=st.none() | st.sampled_from([*CLASS_BY_RESPONSE_CODE, "", "00", "77"]),
        name_score=st.none() | st.integers(0, 100),
        name_agrees=agreement,
        birth_date_agrees=agreement,
        sex_agrees=agreement,
        fault=st.none() | st.sampled_from(RegistryFault),
    )
)
def test_every_reply_has_a_coherent_verdict(reply):
    verdict = classify(reply)
    assert verdict.is_final == (verdict.nik_class is not NikClass.PENDING)
    assert verdict.is_final == (verdict.cause is None)
    assert bool(verdict.mismatched_fields) == verdict.nik_class.endswith("_mismatch")
    assert set(asdict(verdict)) == {"nik_class", "mismatched_fields", "is_final", "cause"}


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        ("Kuota Akses Hari ini telah Habis", RegistryFault.QUOTA),
        ("kuota akses hari ini  telah habis", RegistryFault.QUOTA),
        ("Login Gagal", RegistryFault.LOGIN),
        ("IP Address Tidak Sesuai", RegistryFault.IP_ADDRESS),
        ("IP Client  Tidak terdaftar", RegistryFault.IP_ADDRESS),
        ("User Tidak Aktif", RegistryFault.USER_INACTIVE),
        ("User ID tidak aktif", RegistryFault.USER_INACTIVE),
        ("User tidak terdaftar", RegistryFault.LOGIN),
        ("Connection timeout", RegistryFault.TIMEOUT),
        ("", RegistryFault.UNREADABLE),
        ("Selamat siang", RegistryFault.UNREADABLE),
    ],
)
def test_messages_of_the_registry_name_their_fault(message, fault):
    assert fault_from_message(message) is fault
