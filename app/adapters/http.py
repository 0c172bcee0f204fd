"""The one way out: calls to another service that never make anybody wait longer than agreed.

service_client() gives a ServiceClient for a real address or for a built-in simulator; everything
above it is the same code, so what is tried in practice is what runs in production.

How one call is kept in bounds
  time     Each attempt runs in a thread of its own and is left behind when the budget is used up.
           httpx limits single phases (connect, each read), never a whole call; name look-up has no
           limit at all; and WSGITransport cannot time out. An attempt left behind ends by itself:
           over the network at the next read limit, in-process when the simulator returns. It may
           therefore still act after the caller has gone on, which is why a call that changes
           something carries an idempotency key.
  number   At most MAX_IN_FLIGHT attempts per service run at once, those left behind included.
  retries  stamina, inside the same budget: where the connection failed (nothing was sent), and
           after 502, 503 and 504 only if the call is `repeatable`, that is, either changes nothing
           or carries an idempotency key.
  breaker  FAIL_MAX failed calls in a row open it; one trial call after RESET_AFTER_S. Nobody holds
           its lock during a call, so callers never queue behind a slow one. Each process has its
           own breaker.

Nothing of a request or answer is logged here.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import httpx
import stamina

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

ATTEMPTS = 2  # per call; more belongs into the queue of later checks
FAIL_MAX = 5
RESET_AFTER_S = 30.0
MAX_IN_FLIGHT = 16
MAX_ANSWER_BYTES = 1_000_000
_WORTH_TRYING_S = 0.25  # no second attempt with less than this left, the pause before it included
_GATEWAY_ERRORS = frozenset({502, 503, 504})
_BUILT_IN_URL = "http://built-in.invalid"


class UnavailableCause(StrEnum):
    """Why a service gave no usable answer."""

    TIMEOUT = "timeout"
    DOWN = "down"
    RESTING = "resting"  # the breaker is open: not asked at all
    BUSY = "busy"  # too many of our own calls are on their way: not asked at all
    UNREADABLE = "unreadable"  # an answer that is not what the service promises


class ServiceUnavailable(Exception):
    """No usable answer; try again later.

    may_have_acted: the request may have arrived, so only the same idempotency key may be sent.
    """

    def __init__(
        self, service: str, cause: UnavailableCause, *, may_have_acted: bool = False
    ) -> None:
        super().__init__(f"{service}: {cause}")
        self.service = service
        self.cause = cause
        self.may_have_acted = may_have_acted


class _Failed(Exception):
    """One attempt failed. Carries no text of the request, since retry hooks print it."""

    def __init__(
        self, cause: UnavailableCause, *, may_have_acted: bool, retryable: bool = False
    ) -> None:
        super().__init__(str(cause))
        self.cause = cause
        self.may_have_acted = may_have_acted
        self.retryable = retryable


@dataclass(frozen=True, slots=True)
class HttpReply:
    """status: HTTP status. body: raw, up to MAX_ANSWER_BYTES, kept out of repr."""

    status: int
    body: bytes = field(repr=False)


class ServiceClient:
    """Calls one service. Share one per process and service: breaker and limits live in it."""

    def __init__(
        self,
        service: str,
        client: httpx.Client,
        *,
        attempts: int = ATTEMPTS,
        fail_max: int = FAIL_MAX,
        reset_after_s: float = RESET_AFTER_S,
        max_in_flight: int = MAX_IN_FLIGHT,
        is_simulator: bool = False,
    ) -> None:
        self.service = service
        self.is_simulator = is_simulator
        self._client = client
        self._attempts = attempts
        self._breaker = _Breaker(service, fail_max, reset_after_s)
        self._slots = threading.BoundedSemaphore(max_in_flight)

    def post(
        self,
        path: str,
        payload: Mapping[str, Any],
        *,
        budget_s: float,
        repeatable: bool,
        headers: Mapping[str, str] | None = None,
    ) -> HttpReply:
        """Send payload as JSON and return the answer, whatever its status but 502, 503 and 504.

        budget_s: seconds for everything, retries included.
        repeatable: the call changes nothing, or carries an idempotency key.

        Raises ServiceUnavailable.
        """
        deadline = time.monotonic() + budget_s
        may_have_acted = False

        def worth_retrying(error: Exception) -> bool:
            return (
                isinstance(error, _Failed)
                and error.retryable
                and deadline - time.monotonic() > _WORTH_TRYING_S
            )

        def send() -> HttpReply:
            return self._send(path, payload, headers, deadline, repeatable)

        with self._breaker.guard() as report:
            try:
                for attempt in stamina.retry_context(
                    on=worth_retrying,
                    attempts=self._attempts,
                    timeout=max(budget_s, 0.001),
                    wait_initial=0.05,
                    wait_max=0.15,
                    wait_jitter=0.1,
                ):
                    with attempt:
                        try:
                            reply = self._in_time(send, deadline)
                        except _Failed as failed:
                            may_have_acted = may_have_acted or failed.may_have_acted
                            raise
            except _Failed as failed:
                if failed.cause is not UnavailableCause.BUSY:
                    report(False)
                raise ServiceUnavailable(
                    self.service, failed.cause, may_have_acted=may_have_acted
                ) from None
            report(reply.status < 500)
            return reply

    def close(self) -> None:
        """Give back the connections."""
        self._client.close()

    def _in_time(self, send: Callable[[], HttpReply], deadline: float) -> HttpReply:
        """Run send in a thread, and leave it behind at the deadline."""
        if not self._slots.acquire(blocking=False):
            raise _Failed(UnavailableCause.BUSY, may_have_acted=False)
        outcome: Future[HttpReply] = Future()

        def work() -> None:
            try:
                outcome.set_result(send())
            except BaseException as error:
                outcome.set_exception(error)
            finally:
                self._slots.release()

        # A daemon, so that an attempt left behind does not hold up the end of the process; a fresh
        # thread also keeps a simulator's request context apart from the one that is calling.
        try:
            threading.Thread(target=work, name=f"call-{self.service}", daemon=True).start()
        except RuntimeError:  # the system gives no more threads
            self._slots.release()
            raise _Failed(UnavailableCause.BUSY, may_have_acted=False) from None
        try:
            return outcome.result(max(deadline - time.monotonic(), 0))
        except TimeoutError:
            raise _Failed(UnavailableCause.TIMEOUT, may_have_acted=True) from None

    def _send(
        self,
        path: str,
        payload: Mapping[str, Any],
        headers: Mapping[str, str] | None,
        deadline: float,
        repeatable: bool,
    ) -> HttpReply:
        body = bytearray()
        try:
            with self._client.stream(
                "POST",
                path,
                json=dict(payload),
                headers=dict(headers or {}),
                timeout=max(deadline - time.monotonic(), 0.001),
            ) as answer:
                status = answer.status_code
                for chunk in answer.iter_bytes():
                    body += chunk
                    if len(body) > MAX_ANSWER_BYTES:
                        raise _Failed(UnavailableCause.UNREADABLE, may_have_acted=True)
                    if time.monotonic() > deadline:
                        raise _Failed(UnavailableCause.TIMEOUT, may_have_acted=True)
        except (httpx.ConnectTimeout, httpx.PoolTimeout):
            raise _Failed(UnavailableCause.TIMEOUT, may_have_acted=False, retryable=True) from None
        except httpx.ConnectError:
            raise _Failed(UnavailableCause.DOWN, may_have_acted=False, retryable=True) from None
        except httpx.TimeoutException:
            raise _Failed(UnavailableCause.TIMEOUT, may_have_acted=True) from None
        except httpx.HTTPError:
            raise _Failed(UnavailableCause.DOWN, may_have_acted=True) from None
        if status in _GATEWAY_ERRORS:
            cause = UnavailableCause.TIMEOUT if status == 504 else UnavailableCause.DOWN
            raise _Failed(cause, may_have_acted=True, retryable=repeatable)
        return HttpReply(status, bytes(body))


class _Breaker:
    """Keeps calls from a service that failed fail_max times in a row, but for one trial at a time.

    The trial comes reset_after_s after the last failure: it closes the breaker or keeps it open.
    """

    def __init__(self, service: str, fail_max: int, reset_after_s: float) -> None:
        self._service, self._fail_max, self._reset_after_s = service, fail_max, reset_after_s
        self._lock = threading.Lock()
        self._failures = 0
        self._failed_at = 0.0
        self._is_tried = False

    @contextmanager
    def guard(self) -> Iterator[Callable[[bool], None]]:
        """Let a call through, or raise ServiceUnavailable; the call reports how it went."""
        with self._lock:
            is_trial = self._failures >= self._fail_max
            rested = time.monotonic() - self._failed_at >= self._reset_after_s
            if is_trial and (self._is_tried or not rested):
                raise ServiceUnavailable(self._service, UnavailableCause.RESTING)
            self._is_tried = self._is_tried or is_trial

        def report(went_well: bool) -> None:
            with self._lock:
                if not is_trial and self._failures >= self._fail_max:
                    return  # begun before the breaker opened: too late to matter
                self._failures = 0 if went_well else self._failures + 1
                self._failed_at = time.monotonic()

        try:
            yield report
        finally:
            if is_trial:
                with self._lock:
                    self._is_tried = False


def service_client(
    service: str,
    *,
    simulator: WSGIApplication | None = None,
    base_url: str | None = None,
    **limits: Any,
) -> ServiceClient:
    """Return the client of one service.

    service: short name for errors and the breaker. Give either simulator, a WSGI application that
    is called in this process, or base_url, the real address without a final slash.
    limits: attempts, fail_max, reset_after_s, max_in_flight, see ServiceClient.

    Raises ValueError unless exactly one of the two is given, or base_url is no http(s) address.
    """
    if (simulator is None) == (not base_url):
        raise ValueError("give either simulator or base_url")
    if simulator is not None:
        transport = httpx.WSGITransport(app=simulator, raise_app_exceptions=False)
        return ServiceClient(
            service,
            httpx.Client(transport=transport, base_url=_BUILT_IN_URL),
            is_simulator=True,
            **limits,
        )
    address = httpx.URL(base_url or "")
    if address.scheme not in {"http", "https"} or not address.host:
        raise ValueError("base_url must be an http or https address")
    return ServiceClient(service, httpx.Client(base_url=address), **limits)
