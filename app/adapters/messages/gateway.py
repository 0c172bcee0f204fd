"""SMS and WhatsApp over an HTTP gateway. The shape is ours: see docs/messages.md.

Small services differ in their wire formats; whoever connects one writes the few lines that turn
this shape into its own, rather than this program learning each of them.
"""

from __future__ import annotations

import json
import re

from app.adapters.http import ServiceClient, ServiceUnavailable, UnavailableCause
from app.adapters.messages import NotSent, Outgoing
from app.domain.sending.failures import NotSentCause

PATH = "/messages"
_TAKEN = frozenset({"queued", "accepted", "sent", "delivered"})
_REFUSED = frozenset({"rejected", "failed"})
_PROVIDER_ID = re.compile(r"[\x21-\x7e]{1,80}")
_CAUSES = {
    UnavailableCause.TIMEOUT: NotSentCause.TIMEOUT,
    UnavailableCause.BUSY: NotSentCause.BUSY,
    UnavailableCause.UNREADABLE: NotSentCause.UNREADABLE,
}


class HttpGateway:
    """Carrier over HTTP. Repeatable: the gateway promises to act once on each id."""

    repeatable = True

    def __init__(self, client: ServiceClient, token: str) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"}

    def send(self, message: Outgoing, *, budget_s: float) -> str | None:
        """Hand one message over. Raises NotSent."""
        payload = {
            "to": message.to,
            "text": message.text,
            "id": message.key,
            "channel": str(message.channel),
        }
        headers = {**self._headers, "Idempotency-Key": message.key}
        try:
            reply = self._client.post(
                PATH, payload, budget_s=budget_s, repeatable=True, headers=headers
            )
        except ServiceUnavailable as unavailable:
            cause = _CAUSES.get(unavailable.cause, NotSentCause.DOWN)
            raise NotSent(cause, may_have_acted=unavailable.may_have_acted) from None
        if reply.status in {200, 201, 202}:
            return _read(reply.body)
        if reply.status in {401, 403}:
            raise NotSent(NotSentCause.ACCESS)
        if reply.status == 429:
            raise NotSent(NotSentCause.BUSY)
        if reply.status in {400, 404, 410, 422}:
            raise NotSent(NotSentCause.BAD_ADDRESS, permanent=True)
        raise NotSent(NotSentCause.DOWN, may_have_acted=True)


def _read(body: bytes) -> str | None:
    """Return the gateway's number of the message. Raises NotSent where it did not take it."""
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        answer = None
    status = answer.get("status") if isinstance(answer, dict) else None
    if status in _REFUSED:
        raise NotSent(NotSentCause.REFUSED, permanent=True)
    if status not in _TAKEN:
        raise NotSent(NotSentCause.UNREADABLE, may_have_acted=True)
    number = answer.get("id")
    return number if isinstance(number, str) and _PROVIDER_ID.fullmatch(number) else None
