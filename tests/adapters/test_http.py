import socket
import threading
import time
from collections.abc import Callable

import httpx
import pytest
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from app.adapters import http
from app.adapters.http import ServiceClient, ServiceUnavailable, UnavailableCause, service_client
from tests.factories import at_once


class Service:
    """A WSGI application that answers from a list; the last answer repeats. Counts its calls."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.calls = 0

    def __call__(self, environ, start_response):
        answer = self.answers[min(self.calls, len(self.answers) - 1)]
        self.calls += 1
        if callable(answer):
            answer = answer(Request(environ))
        return Response("{}", status=answer)(environ, start_response)


class Held:
    """An answer that does not come before it is let go (or ten seconds have passed)."""

    def __init__(self):
        self.asked = threading.Event()
        self.let_go = threading.Event()

    def __call__(self, _request):
        self.asked.set()
        self.let_go.wait(10)
        return 200


def post(client, *, budget_s=2.0, repeatable=True):
    return client.post("/x", {"a": 1}, budget_s=budget_s, repeatable=repeatable)


def failure(client, **kwargs):
    with pytest.raises(ServiceUnavailable) as caught:
        post(client, **kwargs)
    return caught.value


def test_an_answer_comes_back_with_its_status():
    for status in (200, 201, 302, 400, 401, 404, 500):
        assert post(service_client("s", simulator=Service(status))).status == status


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_repeatable_call_is_tried_twice(status):
    recovering = Service(status, 200)
    assert post(service_client("s", simulator=recovering)).status == 200
    assert recovering.calls == 2

    lasting = Service(status)
    error = failure(service_client("s", simulator=lasting))
    assert lasting.calls == 2
    assert error.cause in {UnavailableCause.DOWN, UnavailableCause.TIMEOUT}
    assert error.may_have_acted


@pytest.mark.parametrize("status", [502, 503, 504])
def test_a_call_that_may_have_acted_is_not_tried_again(status):
    service = Service(status, 200)
    failure(service_client("s", simulator=service), repeatable=False)
    assert service.calls == 1


def test_500_is_an_answer_and_not_tried_again():
    service = Service(500)
    assert post(service_client("s", simulator=service)).status == 500
    assert service.calls == 1


def test_nothing_was_sent_where_nobody_listens():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    client = service_client("s", base_url=f"http://127.0.0.1:{port}")
    error = failure(client, repeatable=False)
    assert error.cause is UnavailableCause.DOWN
    assert not error.may_have_acted
    client.close()


def test_a_refused_connection_is_tried_again_even_for_a_call_that_acts():
    tries = []

    def answer(request):
        tries.append(request)
        if len(tries) == 1:
            raise httpx.ConnectError("refused")
        return httpx.Response(200)

    client = ServiceClient(
        "s", httpx.Client(transport=httpx.MockTransport(answer), base_url="http://x.invalid")
    )
    assert post(client, repeatable=False).status == 200
    assert len(tries) == 2


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (httpx.ReadTimeout("t"), UnavailableCause.TIMEOUT),
        (httpx.WriteTimeout("t"), UnavailableCause.TIMEOUT),
        (httpx.RemoteProtocolError("gone"), UnavailableCause.DOWN),
        (httpx.ReadError("gone"), UnavailableCause.DOWN),
    ],
)
def test_a_line_that_breaks_later_may_have_acted(error, cause):
    tries = []

    def answer(request):
        tries.append(request)
        raise error

    client = ServiceClient(
        "s", httpx.Client(transport=httpx.MockTransport(answer), base_url="http://x.invalid")
    )
    raised = failure(client)
    assert (raised.cause, raised.may_have_acted, len(tries)) == (cause, True, 1)


def test_a_slow_built_in_service_is_left_behind_in_time():
    held = Held()
    error = failure(service_client("s", simulator=Service(held)), budget_s=0.2)
    held.let_go.set()
    assert (error.cause, error.may_have_acted) == (UnavailableCause.TIMEOUT, True)


def test_retries_stay_inside_the_budget():
    service = Service(503)
    failure(service_client("s", simulator=service), budget_s=0.2)
    assert service.calls == 1


def test_a_server_that_drips_is_cut_at_the_budget():
    """httpx alone would wait for ever here: each single read is quick."""
    stop = threading.Event()

    def drip(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return (b"." for _ in iter(lambda: stop.wait(0.05), True))

    server = make_server("127.0.0.1", 0, drip, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        client = service_client("s", base_url=f"http://127.0.0.1:{server.port}")
        assert failure(client, budget_s=0.3).cause is UnavailableCause.TIMEOUT
    finally:
        stop.set()
        server.shutdown()
        server.server_close()
        client.close()


def test_an_endless_answer_is_not_taken_in(monkeypatch):
    monkeypatch.setattr(http, "MAX_ANSWER_BYTES", 1)
    assert failure(service_client("s", simulator=Service(200))).cause is UnavailableCause.UNREADABLE


def test_the_breaker_opens_after_five_failures_and_tries_once_later():
    service = Service(503)
    client = service_client("s", simulator=service, attempts=1, reset_after_s=0.2)
    for _ in range(5):
        assert failure(client).cause is UnavailableCause.DOWN
    assert failure(client).cause is UnavailableCause.RESTING
    assert service.calls == 5

    time.sleep(0.25)
    assert failure(client).cause is UnavailableCause.DOWN  # the trial call
    assert failure(client).cause is UnavailableCause.RESTING
    assert service.calls == 6

    time.sleep(0.25)
    service.answers = [200]
    assert post(client).status == 200
    assert post(client).status == 200


def test_one_success_wipes_the_failures_before_it():
    service = Service(503, 503, 503, 503, 200, 503)
    client = service_client("s", simulator=service, attempts=1)
    for _ in range(4):
        failure(client)
    post(client)
    for _ in range(4):
        assert failure(client).cause is UnavailableCause.DOWN


def test_only_one_call_tries_an_open_breaker():
    service = Service(503)
    client = service_client("s", simulator=service, attempts=1, fail_max=1, reset_after_s=0.1)
    failure(client)
    time.sleep(0.15)
    held = Held()
    service.answers = [held]
    trial = threading.Thread(target=post, args=(client,), kwargs={"budget_s": 9})
    trial.start()
    assert held.asked.wait(9)
    assert failure(client).cause is UnavailableCause.RESTING
    held.let_go.set()
    trial.join()
    assert post(client).status == 200
    assert service.calls == 3


@pytest.fixture
def turns(monkeypatch) -> Callable[[float], None]:
    """Let seconds pass for the breaker alone."""
    passed = [time.monotonic()]

    class Clock:
        monotonic = staticmethod(lambda: passed[0])

    def turn(seconds: float) -> None:
        passed[0] += seconds

    breaker = http._Breaker("s", 3, 30.0)
    monkeypatch.setattr(http, "time", Clock)
    turn.breaker = breaker
    return turn


def call(breaker, went_well: bool | None) -> bool:
    """Make a call that ends so; None: it says nothing of the service. Return if it was let in."""
    try:
        with breaker.guard() as report:
            if went_well is not None:
                report(went_well)
    except ServiceUnavailable:
        return False
    return True


def test_the_breaker_stays_closed_below_its_number_and_rests_its_time(turns):
    breaker = turns.breaker
    assert [call(breaker, False) for _ in range(2)] == [True] * 2
    assert call(breaker, True), "two are not three, and one success wipes them"
    assert [call(breaker, False) for _ in range(4)] == [True, True, True, False]
    turns(29.9)
    assert not call(breaker, True)
    turns(0.1)
    assert call(breaker, False), "the trial"
    turns(29.9)
    assert not call(breaker, True), "its failure begins the rest anew"
    turns(0.1)
    assert call(breaker, True)
    assert [call(breaker, False) for _ in range(4)] == [True, True, True, False], "closed, all anew"


def test_a_trial_that_says_nothing_leaves_the_place_to_the_next(turns):
    """It was kept back for lack of threads, say: nobody asked the service."""
    breaker = turns.breaker
    for _ in range(3):
        call(breaker, False)
    turns(30)
    assert call(breaker, None)
    with pytest.raises(ZeroDivisionError), breaker.guard():
        raise ZeroDivisionError
    assert call(breaker, True)
    assert call(breaker, False)
    assert call(breaker, True), "closed"


@pytest.mark.parametrize("went_well", [True, False])
def test_a_call_from_before_says_nothing_to_an_open_breaker(turns, went_well):
    breaker = turns.breaker
    with breaker.guard() as report:
        for _ in range(3):
            call(breaker, False)
        turns(29)
        report(went_well)
    assert not call(breaker, True), "a late success closes nothing"
    turns(1)
    assert call(breaker, True), "and a late failure does not make the rest longer"


def test_many_threads_at_once_make_one_trial(turns):
    breaker = turns.breaker
    gate = threading.Barrier(8)

    def fail() -> bool:
        with breaker.guard() as report:
            gate.wait(10)  # all are let in before one of them reports
            report(False)
        return True

    assert at_once([fail] * 8) == [True] * 8
    turns(30)
    held, asked = threading.Event(), threading.Event()

    def trial() -> bool:
        with breaker.guard() as report:
            asked.set()
            held.wait(10)
            report(True)
        return True

    def others() -> int:
        assert asked.wait(10)
        try:
            return sum(at_once([lambda: call(breaker, True)] * 8))
        finally:
            held.set()

    assert at_once([trial, others]) == [True, 0]
    assert at_once([lambda: call(breaker, True)] * 8) == [True] * 8


def test_callers_do_not_queue_behind_a_slow_call():
    """The lock of the breaker is not held while the service is asked."""
    held = Held()
    client = service_client("s", simulator=Service(held, 200))
    first = threading.Thread(target=post, args=(client,), kwargs={"budget_s": 9})
    first.start()
    assert held.asked.wait(9)
    assert post(client).status == 200
    held.let_go.set()
    first.join()


def test_calls_left_behind_do_not_pile_up():
    held = Held()
    client = service_client("s", simulator=Service(held), max_in_flight=2)
    for _ in range(2):
        assert failure(client, budget_s=0.05).cause is UnavailableCause.TIMEOUT
    error = failure(client, budget_s=0.05)
    assert (error.cause, error.may_have_acted) == (UnavailableCause.BUSY, False)
    held.let_go.set()
    for _ in range(50):
        try:
            assert post(client).status == 200
        except ServiceUnavailable:
            time.sleep(0.05)
        else:
            return
    pytest.fail("the places of calls that ended were not given back")


def test_an_error_says_nothing_about_the_request():
    client = service_client("s", simulator=Service(503))
    with pytest.raises(ServiceUnavailable) as caught:
        client.post("/x", {"NIK": "9601055403879001"}, budget_s=1, repeatable=True)
    assert str(caught.value) == "s: down"
    assert caught.value.__cause__ is None


def test_a_client_needs_exactly_one_target():
    with pytest.raises(ValueError, match="either"):
        service_client("s")
    with pytest.raises(ValueError, match="either"):
        service_client("s", simulator=Service(200), base_url="http://x.invalid")
    with pytest.raises(ValueError, match="http"):
        service_client("s", base_url="ftp://x.invalid")
