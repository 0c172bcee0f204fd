"""Behind proxies: only what a trusted one says is believed, and never the host."""

from __future__ import annotations

import pytest
from flask import Flask, request
from structlog.testing import capture_logs

from app.config import BadSettings, Settings, read_settings
from app.web.limiting import proxies
from app.web.limiting.limits import who_asks

PROXY, OTHER = "10.0.0.1", "203.0.113.9"


def settings(trusted: str, **more: str) -> Settings:
    return read_settings({"TRUSTED_PROXIES": trusted, **more})


def seen(trusted: str, peer: str, **headers: str) -> dict[str, str]:
    """Return what the program sees of a request from a peer with headers."""
    app = Flask("seen")
    app.wsgi_app = proxies.behind(app.wsgi_app, settings(trusted))  # type: ignore[method-assign]

    @app.get("/")
    def show() -> dict[str, str]:
        return {"from": request.remote_addr or "", "by": request.scheme, "host": request.host}

    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = app.test_client().get("/", headers=sent, environ_base={"REMOTE_ADDR": peer})
    return dict(answer.json or {})


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "comes_from"),
    [
        # Nobody is trusted: the header is anybody's word.
        ("", OTHER, "198.51.100.7", OTHER),
        ("0", OTHER, "198.51.100.7", OTHER),
        # A number: the last one was written by the proxy, what stands before by anybody.
        ("1", PROXY, "198.51.100.7", "198.51.100.7"),
        ("1", PROXY, "1.2.3.4, 198.51.100.7", "198.51.100.7"),
        ("2", PROXY, "1.2.3.4, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("2", PROXY, "198.51.100.7", PROXY),
        # Addresses: whoever else calls is believed nothing.
        ("10.0.0.0/8", OTHER, "198.51.100.7", OTHER),
        ("10.0.0.0/8", PROXY, "198.51.100.7", "198.51.100.7"),
        ("10.0.0.0/8", PROXY, "1.2.3.4, 198.51.100.7", "198.51.100.7"),
        ("10.0.0.0/8", PROXY, "1.2.3.4, 198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("10.0.0.1", PROXY, "198.51.100.7, 10.0.0.2", "10.0.0.2"),
        ("10.0.0.1,10.0.0.2", PROXY, "198.51.100.7, 10.0.0.2", "198.51.100.7"),
        ("10.0.0.0/8", PROXY, "198.51.100.7, nonsense", PROXY),
        ("10.0.0.0/8", PROXY, " , ,", PROXY),
        ("10.0.0.0/8", PROXY, "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("fd00::/8", "fd00::1", "2001:db8::7", "2001:db8::7"),
        ("::1", "127.0.0.1", "198.51.100.7", "127.0.0.1"),
    ],
)
def test_where_a_request_comes_from(trusted, peer, forwarded, comes_from):
    assert seen(trusted, peer, X_Forwarded_For=forwarded)["from"] == comes_from


@pytest.mark.parametrize(
    ("trusted", "peer", "by"),
    [("", PROXY, "http"), ("1", PROXY, "https"), (PROXY, PROXY, "https"), (PROXY, OTHER, "http")],
)
def test_whether_it_came_by_https(trusted, peer, by):
    assert seen(trusted, peer, X_Forwarded_Proto="https")["by"] == by


def test_a_scheme_that_is_none_is_not_taken():
    assert seen(PROXY, PROXY, X_Forwarded_Proto="javascript")["by"] == "http"


@pytest.mark.parametrize("trusted", ["", "1", "2", PROXY])
def test_the_host_is_never_taken_from_a_header(trusted):
    found = seen(
        trusted, PROXY, Host="izin.example", X_Forwarded_Host="evil.example",
        Forwarded="host=evil.example;for=1.2.3.4", X_Forwarded_Port="81", X_Real_IP="1.2.3.4",
        X_Forwarded_Prefix="/evil",
    )  # fmt: skip
    assert found == {"from": PROXY, "by": "http", "host": "izin.example"}


@pytest.mark.parametrize(
    ("address", "who"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2::7", "20010db800010002/64"),
        ("2001:db8:1:2:ffff::1", "20010db800010002/64"),
        ("2001:db8:1:3::7", "20010db800010003/64"),
        ("fe80::1%eth0", "fe80000000000000/64"),
        ("/run/web.sock", "/run/web.sock"),
    ],
)
def test_of_ipv6_one_subscriber_counts_as_one(application, address, who):
    with application.test_request_context("/", environ_base={"REMOTE_ADDR": address}):
        assert who_asks() == who


@pytest.mark.parametrize(
    "wrong", ["-1", "6", "yes", "10.0.0.1;10.0.0.2", "10.0.0.1/99", "10.0.0.5/8"]
)
def test_a_setting_that_cannot_be_is_told(wrong):
    with pytest.raises(BadSettings) as caught:
        settings(wrong)
    assert any("TRUSTED_PROXIES" in mistake for mistake in caught.value.mistakes)


@pytest.mark.parametrize(
    ("public", "trusted", "warns"),
    [
        ("", "", False),
        ("https://izin.example", "", True),
        ("http://izin.example", "0", True),
        ("https://izin.example", "1", False),
        ("https://izin.example", "127.0.0.1", False),
    ],
)
def test_it_warns_at_start_where_everybody_may_count_as_one(public, trusted, warns):
    said = proxies.warning(settings(trusted, PUBLIC_URL=public))
    assert (said is not None) is warns
    assert said is None or "TRUSTED_PROXIES" in said


def test_a_proxy_that_nobody_named_is_told_once():
    program = proxies.behind(lambda _environ, _start: [], settings(""))
    with capture_logs() as told:
        program({}, lambda *_: None)
        for _ in range(3):
            program({"HTTP_X_FORWARDED_FOR": "1.2.3.4"}, lambda *_: None)
    assert [line["event"] for line in told] == ["proxy_not_trusted"]
