"""The vault: what it seals opens again with its own key, in its own column, unchanged."""

from __future__ import annotations

import base64
import hashlib

import pytest

from app.vault import CannotDecrypt, Vault

OLD, NEW = bytes(range(32)), bytes(range(100, 132))
NAME = "applicants.name"


def vault(**options) -> Vault:
    return Vault(**{"keys": {1: OLD}, "current": 1, "index_key": b"i" * 32, **options})


@pytest.mark.parametrize("plain", ["Yosina Praktik", "", "é🙂\x00", "9" * 5000])
def test_what_is_sealed_opens_again(plain):
    sealed = vault().seal(plain, NAME)
    assert vault().open(sealed, NAME) == plain
    if plain:
        assert plain.encode() not in sealed


@pytest.mark.parametrize("plain", [b"", b"\x00\xff" * 100_000])
def test_a_file_is_sealed_as_a_text_is(plain):
    sealed = vault().seal_bytes(plain, "files.1")
    assert vault().open_bytes(sealed, "files.1") == plain
    with pytest.raises(CannotDecrypt):
        vault().open_bytes(sealed, "files.2")
    with pytest.raises(CannotDecrypt):
        vault().open_bytes(sealed[:-1], "files.1")


def test_the_same_text_is_sealed_differently_each_time():
    one, other = vault().seal("same", NAME), vault().seal("same", NAME)
    assert one != other


def test_another_column_does_not_open_it():
    with pytest.raises(CannotDecrypt):
        vault().open(vault().seal("x", NAME), "applicants.street")


def test_another_key_does_not_open_it():
    with pytest.raises(CannotDecrypt):
        vault(keys={1: NEW}).open(vault().seal("x", NAME), NAME)


def test_a_key_that_is_gone_does_not_open_it():
    with pytest.raises(CannotDecrypt):
        vault(keys={2: OLD}, current=2).open(vault().seal("x", NAME), NAME)


def test_any_changed_byte_is_noticed():
    sealed = vault(keys={1: OLD, 0: OLD}).seal("Yosina Praktik", NAME)
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        if place == 1:
            continue  # names the key; see the next test
        with pytest.raises(CannotDecrypt):
            vault(keys={1: OLD, 0: OLD}).open(bytes(changed), NAME)


def test_a_changed_key_number_is_noticed():
    sealed = bytearray(vault().seal("Yosina Praktik", NAME))
    sealed[1] = 2
    with pytest.raises(CannotDecrypt):
        vault(keys={1: OLD, 2: NEW}).open(bytes(sealed), NAME)


def test_a_cut_value_is_noticed():
    sealed = vault().seal("Yosina Praktik", NAME)
    for length in range(len(sealed)):
        with pytest.raises(CannotDecrypt):
            vault().open(sealed[:length], NAME)


def test_after_rotation_the_old_key_still_opens_and_the_new_one_seals():
    before = vault().seal("before", NAME)
    rotated = vault(keys={1: OLD, 2: NEW}, current=2)
    after = rotated.seal("after", NAME)
    assert rotated.open(before, NAME) == "before"
    assert rotated.open(after, NAME) == "after"
    with pytest.raises(CannotDecrypt):
        vault().open(after, NAME)


def test_an_index_finds_the_same_text_in_the_same_column_only():
    nik = "9601055403879001"
    index = vault().index(nik, "applicants.nik")
    assert index == vault().index(nik, "applicants.nik")
    others = {
        vault().index(nik[:-1] + "2", "applicants.nik"),
        vault().index(nik, "applicants.phone"),
        vault(index_key=b"j" * 32).index(nik, "applicants.nik"),
        hashlib.sha256(nik.encode()).digest(),  # which anybody could compute
    }
    assert len(others) == 4
    assert index not in others


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_has_32_bytes(length):
    with pytest.raises(ValueError, match="32 bytes"):
        Vault.key_from_text(base64.b64encode(b"k" * length).decode())
    assert Vault.key_from_text(base64.b64encode(OLD).decode()) == OLD
