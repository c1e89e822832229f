"""Passwords are checked and hashed a few at a time: each takes 64 MiB and a quarter second."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import Request

_R = TypeVar("_R")
_A = TypeVarTuple("_A")


def limiter_of(at_once: int) -> CapacityLimiter:
    """Return the gate that lets so many passwords be checked at the same time."""
    return CapacityLimiter(at_once)


async def slowly(request: Request, work: Callable[[*_A], _R], *values: *_A) -> _R:
    """Do work that computes the hash of a password, when it is its turn."""
    limiter: CapacityLimiter = request.app.state.sign_in_limiter
    return await run_sync(work, *values, limiter=limiter)
