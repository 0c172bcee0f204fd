"""Take a text that names several activities apart: "sa jual pinang deng bikin noken".

Only what is clearly another activity is parted. Two goods of one shop ("sayur dan buah") stay
together, and so does making a thing and selling it, which is one activity in KBLI.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.domain.kbli.language import Role
from app.domain.kbli.reader import Said

# Words of an activity, to be ranked -> the codes, best first, and whether the first is clear.
Ranked = Callable[[Sequence[Said]], tuple[Sequence[str], bool]]
Spoken = Callable[[Sequence[Said]], tuple[Role, ...]]

PARTS_AT_MOST = 4
# Codes that agree in so many digits are one kind of shop, field or workshop.
_ONE_KIND = 3
_LOOKED_AT = 3


def parted(said: Sequence[Said], spoken: Spoken, ranked: Ranked) -> list[list[Said]]:
    """Return the words of each activity; one list where the text names one.

    A verb without a thing takes that of its neighbour: "jual dan servis hp".
    """
    groups: list[list[Said]] = []
    for clause in _with_things(_clauses(said)):
        if groups and not _is_another(groups[-1], clause, spoken, ranked):
            groups[-1] = _joined(groups[-1], clause)
        elif groups and not spoken(clause):
            # "jual bensin dan pulsa": what is done is said once.
            groups.append([*_verbs(groups[-1]), *clause])
        else:
            groups.append(clause)
    if len(groups) > PARTS_AT_MOST:
        return [list(said)]
    return _distinct(groups, ranked)


def _clauses(said: Sequence[Said]) -> list[list[Said]]:
    found: list[list[Said]] = []
    for each in said:
        if found and found[-1][0].clause == each.clause:
            found[-1].append(each)
        else:
            found.append([each])
    return found


def _with_things(clauses: Sequence[list[Said]]) -> list[list[Said]]:
    """Give a thing to a clause of verbs alone; what has neither goes to its neighbour."""
    found: list[list[Said]] = []
    waiting: list[list[Said]] = []
    for clause in clauses:
        if any(each.is_thing for each in clause):
            things = [each for each in clause if not each.is_verb]
            found.extend([*verbs, *things] for verbs in waiting)
            waiting = []
            found.append(clause)
        elif found:
            found[-1] = [*found[-1], *clause]
        else:
            waiting.append(clause)
    return found or [[each for clause in clauses for each in clause]]


def _is_another(
    before: Sequence[Said], clause: Sequence[Said], spoken: Spoken, ranked: Ranked
) -> bool:
    """Return whether the clause is an activity of its own beside what stands before it."""
    roles, roles_before = spoken(clause), spoken(before)
    names = {role.name for role in roles}
    if roles and roles_before and names <= {name for each in roles_before for name in each.over}:
        # Sells what was made, grown or caught, unless it is clearly another thing.
        same_thing = {each.root for each in clause if each.is_thing and each.factor == 1.0}
        if not same_thing or same_thing & {each.root for each in before}:
            return False
    own = ranked(clause if roles else [*_verbs(before), *clause])
    other = ranked(before)
    if not own[0] or not other[0]:
        return False
    if own[0][0][:_ONE_KIND] == other[0][0][:_ONE_KIND]:
        return False
    new_role = bool(names - {role.name for role in roles_before})
    has_verb = any(each.is_verb and each.roles for each in clause)
    if new_role and has_verb and roles_before and _division(own) != _division(other):
        return True
    if own[0][0] in other[0][:_LOOKED_AT] or other[0][0] in own[0][:_LOOKED_AT]:
        return False
    if new_role and (has_verb or own[1]):
        return True
    # No other verb: only where both are beyond doubt.
    return own[1] and other[1]


def _division(found: tuple[Sequence[str], bool]) -> str:
    return found[0][0][:2]


def _verbs(said: Sequence[Said]) -> list[Said]:
    return [each for each in said if each.is_verb]


def _joined(before: list[Said], clause: list[Said]) -> list[Said]:
    found = list(before)
    found.extend(each for each in clause if each not in found)
    return sorted(found, key=lambda each: each.start)


def _distinct(groups: list[list[Said]], ranked: Ranked) -> list[list[Said]]:
    """Join groups that turn out to mean the same."""
    by_first: dict[str, list[Said]] = {}
    for group in groups:
        codes = ranked(group)[0]
        key = codes[0] if codes else ""
        by_first[key] = _joined(by_first[key], group) if key in by_first else group
    if len(by_first) > 1:
        by_first.pop("", None)
    return list(by_first.values())


def words_of(text: str, said: Sequence[Said]) -> str:
    """Return the words as they stand in the text, with what stands between neighbours."""
    pieces: list[str] = []
    end = -1
    for each in said:
        if 0 <= end <= each.start and _is_slight(text[end : each.start]):
            pieces[-1] += text[end : each.end]
        elif each.end > end:
            pieces.append(text[each.start : each.end])
        end = max(end, each.end)
    return " ".join(pieces)


def _is_slight(between: str) -> bool:
    return len(between.split()) <= 1 and not any(mark in between for mark in ",.;:/&+()\n!?")
