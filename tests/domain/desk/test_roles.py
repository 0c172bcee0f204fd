"""The table of the desk: whole, and nothing that should be apart is together."""

from __future__ import annotations

import pytest

from app.domain.desk.roles import TABLE, Holding, Permission, Reach, StaffRole, may, may_at_all


def test_every_permission_has_its_row():
    assert set(TABLE) == set(Permission)


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize("role", StaffRole)
def test_whoever_reaches_further_reaches_what_is_nearer(role, permission):
    reached = [may(role, permission, holding) for holding in Holding]
    assert reached == sorted(reached, reverse=True)
    assert may_at_all(role, [permission]) is reached[0]


def test_only_the_admin_ends_what_others_have_open():
    assert {r for r in StaffRole if may_at_all(r, [Permission.END_SESSIONS])} == {StaffRole.ADMIN}


def test_everybody_may_lock_and_leave():
    assert all(TABLE[Permission.BE_HERE][role] is Reach.ANY for role in StaffRole)
