"""The way through the form in a browser, whichever engine it is: answers a page, and goes on."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping

from tests.pages import MORE, NIK, NUMBER, RESULT
from tests.personas import Persona


class Walker(ABC):
    """Somebody in front of a browser; its engine says how to look, to fill and to press."""

    @property
    @abstractmethod
    def on(self) -> str:
        """The name of the journey page."""

    @abstractmethod
    def fill_all(self, answers: Mapping[str, object]) -> list[str]:
        """Answer what is there; return the names of what is not there (yet)."""

    @abstractmethod
    def press(self, selector: str) -> None:
        """Press a button or link that leads to another page, and wait until that is shown."""

    def ask_for(self, more: str, name: str, answer: object) -> None:
        """Press what brings the rest of this page, of which an answer needs this box."""
        self.press(more)

    def go_on(self, who: Persona) -> None:
        """Answer the page as the persona would, and go on to the next."""
        name = self.on
        if name in {NUMBER, NIK}:
            self.press("main a.go")
            return
        answers = dict(who.pages.get(name, {}))
        for _ in range(4):
            missing = self.fill_all(answers)
            if not missing:
                break
            assert name in MORE, f"{name} has no box for {missing}"
            self.ask_for(f'main button[name="{MORE[name]}"]', missing[0], answers[missing[0]])
        assert not missing, f"{name} has no box for {missing}"
        self.press("main button.go")

    def walk_on(
        self, who: Persona, to: str = RESULT, look: Callable[[], None] | None = None
    ) -> None:
        """Go on up to a page; look at each one on the way."""
        for _ in range(30):
            if look is not None:
                look()
            if self.on == to:
                return
            self.go_on(who)
        raise AssertionError(f"{to} never came; the walk stands at {self.on}")
