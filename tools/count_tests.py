#!/usr/bin/env python3
"""Sums up what ctest wrote into LOG: names the skipped test cases, then prints "N passed, N failed, N skipped".

A program that GoogleTest runs counts by its test cases; any other counts as one, and so does one that ended without
a summary (a crash, a time-out) or failed after it. Exits 1 when something failed or nothing ran.
"""

import re
import sys

TEST = re.compile(r"^\d+/\d+ Test: (\S+)$")
CASES = re.compile(r"^\[  (PASSED|FAILED|SKIPPED) +\] (\d+) tests?[.,]")
SKIPPED_CASE = re.compile(r"^\[  SKIPPED \] (\S+\.\S+)$")


class Program:
    def __init__(self, name):
        self.name = name
        self.cases = {}
        self.skipped = set()
        self.passed = False

    def totals(self):
        passed = self.cases.get("PASSED", 0 if self.cases else int(self.passed))
        failed = self.cases.get("FAILED", 0)
        if not self.passed:
            failed = max(failed, 1)
        return passed, failed, self.cases.get("SKIPPED", 0)


def programs_in(log):
    program = None
    for line in log:
        line = line.rstrip("\n")
        if match := TEST.match(line):
            program = Program(match.group(1))
            yield program
        elif program is None:
            continue
        elif match := CASES.match(line):
            program.cases[match.group(1)] = int(match.group(2))
        elif match := SKIPPED_CASE.match(line):
            program.skipped.add(match.group(1))
        elif line == "Test Passed.":
            program.passed = True


def main():
    with open(sys.argv[1], encoding="utf-8", errors="replace") as log:
        programs = list(programs_in(log))
    for program in programs:
        for case in sorted(program.skipped):
            print(f"SKIPPED: {program.name}: {case}")
    passed, failed, skipped = (sum(column) for column in zip((0, 0, 0), *(p.totals() for p in programs)))
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
