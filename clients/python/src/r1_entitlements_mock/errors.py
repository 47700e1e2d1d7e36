"""The exceptions of this package."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["R1MockError", "VerificationError"]


class R1MockError(Exception):
    """The simulator cannot be found, started or reached, or refused a call of its control API.

    `status` is the HTTP status of a refusal, `None` where there was no answer.
    """

    def __init__(self, message: str, *, status: int | None = None, findings: Sequence[str] = ()) -> None:
        super().__init__("\n  ".join([message, *findings]))
        self.status = status
        self.findings = list(findings)


class VerificationError(AssertionError):
    """Something was not as a test expected; the text is the simulator's own explanation."""
