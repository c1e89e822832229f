"""What each kind of error means outside: the exit code of a command, the status of an answer.

Exit codes: 0 done · 1 could not be done · 2 wrong arguments or a malformed file · 3 well-formed,
infeasible.
"""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from typing import Final

from api.command_refusals import CommandRefused
from api.refusals import (
    FormRefused,
    NotReady,
    NotSignedIn,
    ProofNeeded,
    TooLarge,
    TooOften,
    TooSlow,
    Unreadable,
)
from cases.contradiction import RulesContradict
from cases.errors import CaseError, NotFound, NotPermitted, UnknownName
from catalog.errors import CatalogError
from db.errors import DatabaseError
from exchange.errors import ExchangeError, ResultMismatch
from exchange.files import CannotWrite
from geo.errors import GeoError
from matcher.errors import InvalidPolicy, InvalidProblem, MatcherError

EXIT_CODES: Final[Mapping[type[Exception], int]] = {
    CannotWrite: 1,
    ResultMismatch: 1,
    ExchangeError: 2,
    CommandRefused: 1,
    DatabaseError: 1,
    RulesContradict: 3,
    CaseError: 1,
    CatalogError: 2,  # a command meets it only in what a file says
    GeoError: 1,
    InvalidProblem: 2,
    InvalidPolicy: 2,
    MatcherError: 1,
    OSError: 1,
}
"""The first class that an error belongs to decides; the subclasses stand before their bases."""
UNEXPECTED: Final = 1

HTTP_STATUS: Final[Mapping[type[Exception], int]] = {
    NotSignedIn: 401,
    ProofNeeded: 403,
    FormRefused: 403,
    TooLarge: 413,
    TooSlow: 408,
    Unreadable: 400,
    TooOften: 429,
    NotReady: 503,
    NotFound: 404,
    NotPermitted: 403,
    UnknownName: 422,
    CaseError: 409,
    DatabaseError: 409,
    CatalogError: 422,
    GeoError: 422,
    ExchangeError: 422,
    MatcherError: 422,
}
"""Read in the same way. Who may not know of a person gets `NotFound`, as for one who is not."""
NOT_NOW: Final = ("database_busy", "database_being_restored", "disk_full")


def exit_code_of(error: Exception) -> int:
    """Return the exit code of a command that an error ended."""
    return next((code for kind, code in EXIT_CODES.items() if isinstance(error, kind)), UNEXPECTED)


def status_of(error: Exception) -> int:
    """Return the HTTP status of the answer to a request that an error ended."""
    if isinstance(error, DatabaseError) and error.code in NOT_NOW:
        return 503
    if isinstance(error, DatabaseError) and error.code == "unstorable_text":
        return 400
    return next((status for kind, status in HTTP_STATUS.items() if isinstance(error, kind)), 500)


def in_japanese(error: Exception) -> str:
    """Return what went wrong and how to mend it; of an unexpected error only where it happened.

    The text of an unexpected error is left out, because it may name people. The names of files
    that stand beside an error (`add_note`) come first.
    """
    return "".join((*(f"{name}: " for name in getattr(error, "__notes__", ())), _words(error)))


def _words(error: Exception) -> str:
    match error:
        case CommandRefused():
            return error.in_japanese()
        case OSError():
            name = f"「{error.filename}」を" if error.filename else ""
            return f"{name}読み書きできません（{error.strerror}）。場所と権限を確かめてください。"
        case _ if isinstance(error, tuple(EXIT_CODES)):
            from exchange.messages import in_japanese as words_below

            return words_below(error)
    return (
        f"思いがけない不具合で止まりました（{type(error).__name__}、{_where(error)}）。"
        "tsunagite doctor で具合を調べ、続くときは、このかっこの中をサポートに知らせてください。"
    )


def _where(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return "?"
    last = frames[-1]
    return f"{last.name}:{last.lineno}"
