"""What the user can put right: one base class, children by cause, one sentence each."""

from __future__ import annotations


class KGError(Exception):
    """The user can put this right; the message says what, where and what to do."""
