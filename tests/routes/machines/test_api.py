"""The open data: what is documented is what is answered."""

from __future__ import annotations

import json
import re

import pytest

from app.config import ROOT
from app.services.reference.book import get_book

DOCUMENT = (ROOT / "docs" / "api.md").read_text("utf-8")
EXAMPLES = re.findall(r"```http\nGET (\S+)\n```\n\n```json\n(.*?)\n```", DOCUMENT, re.DOTALL)

GOOD = (
    "/kbli?q=sembako",
    "/kbli?q=jual+ikan&limit=50",
    "/kbli?q=pertanian+jagung&year=2020",
    "/kbli/47112",
    "/kbli/47112?year=2020",
    "/risk?kbli=47112",
    "/risk?kbli=95400&size=mikro&scope=1",
    "/risk?kbli=05102",
)


@pytest.mark.parametrize(("address", "answer"), EXAMPLES, ids=[a for a, _ in EXAMPLES])
def test_the_documented_examples_hold(client, address, answer):
    assert client.get(address).get_json() == json.loads(answer)


def test_every_address_has_an_example(app):
    rules = [r.rule for r in app.url_map.iter_rules() if r.rule.startswith("/api/v1")]
    asked = [address.partition("?")[0] for address, _ in EXAMPLES]
    for rule in rules:
        pattern = re.sub(r"<\w+>", r"[^/]+", rule)
        assert any(re.fullmatch(pattern, each) for each in asked), rule


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("path", GOOD)
def test_an_answer_is_public_and_sets_nothing(client, prefix, path):
    client.set_cookie("c", "anything")
    response = client.get(f"{prefix}/api/v1{path}", headers={"Accept-Encoding": "br"})
    assert response.status_code == 200
    assert response.mimetype == "application/json"
    assert response.headers["Cache-Control"] == "public, max-age=86400"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in response.headers
    assert "Cookie" not in response.headers.get("Vary", "")
    again = client.get(
        f"{prefix}/api/v1{path}",
        headers={"If-None-Match": response.headers["ETag"], "Accept-Encoding": "br"},
    )
    assert again.status_code == 304


def test_the_language_of_the_path_changes_no_data(client):
    for path in GOOD:
        assert client.get(f"/api/v1{path}").get_json() == client.get(f"/en/api/v1{path}").get_json()


@pytest.mark.parametrize(
    "path",
    [
        "/kbli",
        "/kbli?q=",
        "/kbli?q=+",
        "/kbli?q=ikan&limit=0",
        "/kbli?q=ikan&limit=51",
        "/kbli?q=ikan&limit=ten",
        "/kbli?q=ikan&limit=-1",
        "/kbli?q=ikan&limit=٣",
        "/kbli?q=ikan&limit=99999999999999999999",
        "/kbli?q=ikan&year=2024",
        "/kbli/47112?year=x",
        "/risk",
        "/risk?kbli=4711",
        "/risk?kbli=47112;",
        "/risk?kbli=٤٧١١٢",
        "/risk?kbli=47112&size=micro",
        "/risk?kbli=47112&size=",
        "/risk?kbli=47112&scope=0",
        "/risk?kbli=47112&scope=a",
        "/risk?kbli=47112&scope=",
        "/risk?kbli=47112&year=",
    ],
)
def test_a_wrong_parameter_is_named(client, path):
    response = client.get(f"/en/api/v1{path}")
    assert response.status_code == 400
    assert set(response.get_json()) == {"error"}
    assert response.get_json()["error"].endswith(".")
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/kbli/99999", "/kbli/x", "/risk?kbli=99999", "/nothing"])
def test_what_is_not_there_is_404_in_json(client, path):
    response = client.get(f"/en/api/v1{path}")
    assert response.status_code == 404
    assert response.get_json()["error"]


@pytest.mark.parametrize("query", ["<script>", "%00", "a" * 5000, "{{7*7}}", "😀", "' OR 1=1"])
def test_hostile_words_find_nothing_or_little(client, query):
    response = client.get("/api/v1/kbli", query_string={"q": query})
    assert response.status_code == 200
    assert len(response.get_json()["results"]) <= 10


def test_the_limit_holds(client):
    assert len(client.get("/api/v1/kbli?q=jual&limit=3").get_json()["results"]) == 3


def test_both_editions_point_to_each_other(app, client):
    with app.app_context():
        step = next(
            step
            for entry in get_book().all_kbli(2020)
            for step in get_book().successors(entry.code)
            if step.code_2020 != step.code_2025
        )
    old = client.get(f"/api/v1/kbli/{step.code_2020}?year=2020").get_json()
    new = client.get(f"/api/v1/kbli/{step.code_2025}").get_json()
    assert step.code_2025 in {each["code_2025"] for each in old["successors"]}
    assert step.code_2020 in {each["code_2020"] for each in new["predecessors"]}
    assert old["predecessors"] == new["successors"] == []


def test_risk_by_size_and_scope(client):
    everything = client.get("/api/v1/risk?kbli=95400").get_json()["rows"]
    one = client.get("/api/v1/risk?kbli=95400&size=mikro&scope=1").get_json()["rows"]
    assert {row["size"] for row in everything} == {"mikro", "kecil", "menengah", "besar"}
    assert [(row["size"], row["scope"]) for row in one] == [("mikro", 1)]


def test_an_unknown_risk_says_so(client):
    assert client.get("/api/v1/risk?kbli=05102").get_json() == {"known": False, "rows": []}
    closed = client.get("/api/v1/risk?kbli=09100&size=mikro").get_json()
    assert closed == {"known": True, "rows": []}


@pytest.mark.parametrize("code", ["47112", "11052", "08105", "95400"])
def test_every_row_says_why(client, code):
    rows = client.get(f"/api/v1/risk?kbli={code}").get_json()["rows"]
    assert rows
    for row in rows:
        reasons = row["reasons"]
        assert reasons["risk"]["value"] == row["risk"]
        assert reasons["products"]["value"] == row["product"]
        assert {"kind": "code", "value": code} in reasons["risk"]["facts"]
        assert {"kind": "size", "value": row["size"]} in reasons["risk"]["facts"]
        assert {"kind": "kek", "value": "unknown"} in reasons["authority"]["facts"]
        for reason in reasons.values():
            assert reason["facts"]
            assert all(law["law"] for law in reason["citations"])
            assert reason["citations"]
        automatic = row["risk"] in ("R", "MR")
        assert (reasons["silence"]["value"] == "nobody_decides") is automatic
        assert (reasons["may_operate"]["value"] == "at_once_with_nib") is automatic


def test_only_get_is_answered(client):
    response = client.post("/api/v1/kbli")
    assert response.status_code == 405
    assert response.get_json()["error"]
