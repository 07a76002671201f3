"""Every error presswatch raises, drawn once.

PresswatchError
├── ConfigError            a file, an option or an address the user gave is wrong (exit status 2)
│   └── QueryError         a topic's or a search's query is wrong
├── CrawlError             a document could not be had or read; carries a reason code
├── StorageError           the database cannot do it
│   └── LeaseLostError        another worker owns the source or delivery now
└── DeliveryError          a channel did not take a message
"""

from dataclasses import dataclass
from datetime import timedelta


class PresswatchError(Exception):
    """Whatever presswatch itself reports; anything else that escapes is a bug."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A place in a text the user wrote; lines and columns count from 1."""

    file: str
    line: int
    column: int
    source_line: str = ""  # the line itself, shown with a caret; "" when it cannot be shown
    width: int = 1  # how many characters the caret underlines

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class ConfigError(PresswatchError):
    """Something the user wrote is wrong; says where, and what to do."""

    def __init__(self, message: str, *, at: Location | None = None, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.at = at
        self.hint = hint

    def __str__(self) -> str:
        text = f"{self.at}: {self.message}" if self.at else self.message
        if self.at and self.at.source_line:
            text += f"\n  {self.at.source_line}\n  {' ' * (self.at.column - 1)}{'^' * max(1, self.at.width)}"
        return f"{text}\n  {self.hint}" if self.hint else text


class QueryError(ConfigError):
    """A query cannot be read; `at` points at the character."""


class CrawlError(PresswatchError):
    """A document could not be had or read.

    `reason` is a short stable code from `news.fetch.Reason`; `detail` says it in plain words.
    """

    def __init__(
        self, reason: str, detail: str, *, status: int | None = None, retry_after: timedelta | None = None
    ) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
        self.status = status
        self.retry_after = retry_after


class StorageError(PresswatchError):
    """The database cannot do what was asked."""


class LeaseLostError(StorageError):
    """Another worker owns this now; nothing of ours was written."""

    @classmethod
    def of_run(cls, source: str) -> "LeaseLostError":
        """The run of a source is another worker's."""
        return cls(f"another worker runs {source} now; nothing of this run was kept")


class DeliveryError(PresswatchError):
    """A channel did not take a message.

    permanent: trying again cannot help; gone: the channel itself is to be switched off (HTTP 410).
    taken_by: those of the channel's receivers that have it, where it has several.
    """

    def __init__(
        self,
        detail: str,
        *,
        permanent: bool = False,
        gone: bool = False,
        retry_after: timedelta | None = None,
        taken_by: tuple[str, ...] = (),
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.permanent = permanent
        self.gone = gone
        self.retry_after = retry_after
        self.taken_by = taken_by
