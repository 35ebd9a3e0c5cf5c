"""What a worker may not do: open anything, speak to anything, grow without end, outlive its deadline."""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import signal
import socket
import struct
import sys

PAGE = os.sysconf("SC_PAGE_SIZE")
SOCKET_CALLS = {"x86_64": (0xC000003E, (41, 42, 49, 53)), "aarch64": (0xC00000B7, (198, 203, 200, 199))}
"""For each machine its audit number, and the numbers of socket, connect, bind and socketpair."""
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | 1  # the latter: EPERM
LOAD_WORD, JUMP_IF_EQUAL, RETURN = 0x20, 0x15, 0x06


class Memory:
    """The sizes of this process, readable without opening a file again."""

    def __init__(self) -> None:
        self.file = os.open("/proc/self/statm", os.O_RDONLY) if sys.platform == "linux" else -1

    def sizes(self) -> tuple[int, int]:
        """Return the virtual size and the private resident size in bytes; zeros where /proc is missing."""
        if self.file < 0:
            return 0, 0
        fields = os.pread(self.file, 200, 0).split()
        return int(fields[0]) * PAGE, (int(fields[1]) - int(fields[2])) * PAGE


def close_all_but(keep: int) -> None:
    """Close every file of this process but the standard ones and *keep*."""
    os.closerange(3, keep)
    os.closerange(keep + 1, min(resource.getrlimit(resource.RLIMIT_NOFILE)[0], 65536))


def limit_growth(memory: Memory, bytes_more: int) -> None:
    """Let this process grow by *bytes_more* of address space and no further."""
    size, _ = memory.sizes()
    if size:
        resource.setrlimit(resource.RLIMIT_AS, (size + bytes_more, size + bytes_more))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def forbid_files() -> None:
    """Make every further open, socket and pipe fail."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def forbid_sockets() -> bool:
    """Have the kernel refuse every new socket of this process (Linux); False where it cannot.

    For a store on disk, which opens files late, this is what keeps a query off the network.
    """
    if sys.platform != "linux" or platform.machine() not in SOCKET_CALLS:
        return False
    audit, calls = SOCKET_CALLS[platform.machine()]
    rules = [(LOAD_WORD, 0, 0, 4), (JUMP_IF_EQUAL, 0, len(calls) + 1, audit), (LOAD_WORD, 0, 0, 0)]
    rules += [(JUMP_IF_EQUAL, len(calls) - i, 0, number) for i, number in enumerate(calls)]
    rules += [(RETURN, 0, 0, ALLOW), (RETURN, 0, 0, REFUSE)]
    packed = b"".join(struct.pack("HBBI", *rule) for rule in rules)
    code = ctypes.create_string_buffer(packed, len(packed))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(rules), ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) == 0)


def die_after(seconds: float) -> None:
    """Have the kernel kill this process after *seconds*, whatever it does; 0 takes that back."""
    signal.setitimer(signal.ITIMER_REAL, seconds)


def can_reach(address: tuple[str, int]) -> bool:
    """Tell whether this process can open a connection to *address*; for the tests of this module."""
    try:
        socket.create_connection(address, timeout=1).close()
    except OSError:
        return False
    return True
