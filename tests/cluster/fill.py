#!/usr/bin/env python3
"""Makes the kernel end a process for want of memory: joins its memory group, makes it the one to be chosen, and fills what is left.

usage: fill.py PID
"""

import mmap
import os
import sys

PIECE = 4 << 20


def memory_group(pid):
    """The folder of the process's memory group, where version 1 has one, else that of its only group."""
    groups = {}
    with open(f"/proc/{pid}/cgroup", encoding="utf-8") as file:
        for line in file:
            _, controllers, path = line.rstrip("\n").split(":", 2)
            groups.update({name: path for name in controllers.split(",")})
    return "/sys/fs/cgroup/memory" + groups["memory"] if "memory" in groups else "/sys/fs/cgroup" + groups[""]


def limit(group):
    for name in ("memory.limit_in_bytes", "memory.max"):
        if os.path.exists(f"{group}/{name}"):
            with open(f"{group}/{name}", encoding="utf-8") as file:
                return int(file.read())
    raise SystemExit("no memory group has a limit")


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def main():
    pid = int(sys.argv[1])
    group = memory_group(pid)
    most = limit(group)
    with open(f"/proc/{pid}/oom_score_adj", "w", encoding="utf-8") as file:
        file.write("1000")
    with open(f"{group}/cgroup.procs", "w", encoding="utf-8") as file:
        file.write(str(os.getpid()))
    taken = []
    while alive(pid) and len(taken) * PIECE < most - PIECE:
        piece = mmap.mmap(-1, PIECE)
        piece.write(b"x" * PIECE)
        taken.append(piece)


if __name__ == "__main__":
    main()
