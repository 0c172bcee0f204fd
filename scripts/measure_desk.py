"""How long the desk takes with many files: the queue, its next page, taking, and each search.

Fills an empty database with made-up rows (no real data, no journey), then times what the pages ask.
    INSTANCE=/tmp/measure INSTALL=1 .venv/bin/python -m scripts.measure_desk 200000
For PostgreSQL set DATABASE_URL of an empty database as well.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta

from flask_migrate import upgrade
from sqlalchemy import func, insert, select, text

from app import clock, create_app
from app.domain.desk.queue import Place, Whose, WorkKind
from app.domain.desk.roles import StaffRole
from app.domain.written.support_number import new_support_number
from app.extensions import db, vault
from app.models.dossier import Activity, Applicant, Dossier
from app.models.staff import NameToken, WorkItem
from app.services.desk import accounts, queue, search
from app.services.desk.queue import Filters
from app.services.reference.loading import load_releases

FIRST = ["Yohana", "Markus", "Dorkas", "Yulianus", "Selfina", "Obaja", "Ruth", "Naftali", "Marice"]
LAST = ["Kalami", "Malak", "Osok", "Klasibin", "Ulimpa", "Mobilala", "Sani", "Contoh", "Bisulu"]
BATCH = 2000
ROUNDS = 30


def _rows(many: int) -> Iterator[tuple[dict, dict, dict, dict, set[bytes]]]:
    chance = random.Random(1)  # noqa: S311 – made-up rows, the same each time
    now, today = clock.now(), clock.today()

    names: dict[str, set[bytes]] = {}
    for number in range(1, many + 1):
        name = f"{chance.choice(FIRST)} {chance.choice(FIRST)} {chance.choice(LAST)}"
        if name not in names:
            names[name] = search.tokens_of(name)
        dossier = {
            "id": number, "support_number": _number(number), "pin_hash": "",
            "language": "id",
            "created_at": now, "updated_at": now, "sent_at": now,
        }  # fmt: skip
        applicant = {
            "dossier_id": number, "name": name,
            "nik_index": vault.index(f"{9601050000000000 + number}", "applicants.nik"),
            "phone_index": vault.index(f"+62812{number:08}", "applicants.phone"),
        }  # fmt: skip
        item = {
            "kind": chance.choice(list(WorkKind)), "subject": f"izin {number}",
            "dossier_id": number,
            "opened_at": now, "sort_on": today + timedelta(days=chance.randrange(-5, 60)),
            "closed_at": None if number % 4 == 0 else now,
        }  # fmt: skip
        item["due_on"] = item["sort_on"]
        yield (
            dossier,
            applicant,
            {"dossier_id": number, "position": 0, "described": False},
            item,
            names[name],
        )


def _number(file: int) -> str:
    return new_support_number(lambda count: f"{file:0{count}}")


def _fill(many: int) -> None:
    pending: list[tuple[dict, dict, dict, dict, set[bytes]]] = []

    def write() -> None:
        for place, model in enumerate((Dossier, Applicant, Activity, WorkItem)):
            db.session.execute(insert(model), [row[place] for row in pending])
        tokens = [{"token": t, "dossier_id": r[0]["id"]} for r in pending for t in sorted(r[4])]
        db.session.execute(insert(NameToken), tokens)
        db.session.commit()
        pending.clear()

    for row in _rows(many):
        pending.append(row)
        if len(pending) == BATCH:
            write()
    if pending:
        write()
    db.session.execute(text("ANALYZE"))
    db.session.commit()


def _time(name: str, ask: Callable[[], object]) -> None:
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        ask()
        taken.append((time.perf_counter() - began) * 1000)
        db.session.rollback()
    taken.sort()
    print(f"{name:<34} median {statistics.median(taken):7.1f} ms   worst {taken[-1]:7.1f} ms")


def main(many: int) -> None:
    app = create_app()
    with app.app_context():
        upgrade()
        load_releases()
        db.session.commit()
        if not db.session.scalar(select(func.count()).select_from(Dossier)):
            accounts.add("ukur", "Ukur Contoh", StaffRole.SECTION_HEAD)
            db.session.commit()
            _fill(many)
        staff = accounts.find("ukur")
        assert staff is not None
        middle = db.session.get_one(WorkItem, many // 2 // 4 * 4)
        place = Place(middle.sort_on, middle.id)
        number = db.session.get_one(Dossier, many // 3).support_number
        print(f"{many} files, {db.engine.dialect.name}")
        mine = accounts.find
        _time("queue, first page", lambda: queue.listed(mine("ukur"), Filters()))
        _time("queue, in the middle", lambda: queue.listed(mine("ukur"), Filters(), place))
        _time(
            "queue, one kind, free",
            lambda: queue.listed(mine("ukur"), Filters(WorkKind.DECISION, Whose.FREE)),
        )
        _time("queue, only red", lambda: queue.listed(mine("ukur"), Filters(red=True)))
        _time("counts", lambda: queue.counts(mine("ukur")))
        _time("take the next", lambda: queue.take_next(mine("ukur")))
        _time("search, number", lambda: search.search(number))
        _time("search, NIK", lambda: search.search(f"{9601050000000000 + many // 2}"))
        _time("search, phone", lambda: search.search(f"0812{many // 2:08}"))
        _time("search, one beginning", lambda: search.search("yoh"))
        _time("search, two beginnings", lambda: search.search("mar osok"))
        _time("search, three beginnings", lambda: search.search("ruth obaja bis"))
        _time("search, nobody has it", lambda: search.search("mar zzz"))


if __name__ == "__main__":
    main(int(sys.argv[1]))
