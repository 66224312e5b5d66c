#!/usr/bin/env python3
"""Finds the names of formats, programs and facts in the code of services/ and common/.

A program is data (design, section 6): its id, the codes of its formats and the facts that it asks about stand in
deploy/programs and deploy/facts, and code reads them from there. Code that asks "is this the group format?" or "what is
the immigration status?" would have to be changed for the next program, so this fails where it finds such a name as a
whole string literal. Tests may name them, and so may what is only linked by tests.
"""

import pathlib
import re
import subprocess
import sys

# Identity and contact: who a person is and how to reach them, typed in ReferralFile and known to every program. "language"
# is the one that they are written to in.
IDENTITY = {
    "given_name", "family_name", "birth_date", "email", "phone", "language", "referred_on",
}

# Words that a fact or format may be called by, and that code uses for something else of its own: values of the
# definition's vocabulary (Weight.criterion, which the engine's criteria are named after; the objective of a group), the
# steps and sides of a proposal, and columns of reference tables and of the pool.
OWN_MEANING = {
    "occupation", "industry", "proximity", "availability", "level", "goals", "preference", "waiting",
    "group", "groups", "peer", "peers", "pair", "meeting", "connector",
    "noc", "naics", "country", "postal_code", "area", "slot", "goal", "trait",
    "capacity",
}

# The words that volunteered preferences and goals are made of; labels for them have to stand somewhere.
VOCABULARY = {"common/classification/vocabulary.cc"}

TEST = re.compile(r"(_(test|test_support|testing|engine|samples|fixture)|/contract_[a-z]+|_bench)\.(cc|h)$|/testing/|/fuzz/")
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"')
LITERAL_OR_COMMENT = re.compile(r'"((?:[^"\\]|\\.)*)"|//.*$')


def with_depth(text):
    """Yields (depth, line) of a textproto: braces in strings are not counted."""
    depth = 0
    for line in text.splitlines():
        bare = re.sub(r"#.*$", "", LITERAL.sub(lambda m: '"' + m.group(1).replace("{", "").replace("}", "") + '"', line))
        yield depth, bare
        depth += bare.count("{") - bare.count("}")


def facts_of(text):
    return set(re.findall(r'^\s*facts\s*:?\s*\{\s*(?:#.*)?\s*name:\s*"([^"]+)"', text, re.MULTILINE))


def names():
    """Name → what it is and where it is declared."""
    found = {}
    for path in sorted(pathlib.Path("deploy/facts").glob("*.textproto")):
        for name in facts_of(path.read_text(encoding="utf-8")):
            found[name] = f"the fact {name} of {path}"
    for path in sorted(pathlib.Path("deploy/programs").glob("*.textproto")):
        text = path.read_text(encoding="utf-8")
        for name in facts_of(text):
            found[name] = f"the fact {name} of {path}"
        inside = ""
        for depth, line in with_depth(text):
            if depth == 0:
                inside = line.split("{")[0].strip(" :")
                match = re.match(r'\s*id:\s*"([^"]+)"', line)
                if match:
                    found[match.group(1)] = f"the program {match.group(1)} of {path}"
            match = re.search(r'\bcode:\s*"([^"]+)"', line)
            if inside == "formats" and match and (depth == 1 or (depth == 0 and "formats" in line)):
                found[match.group(1)] = f"the format {match.group(1)} of {path}"
    return {name: where for name, where in found.items() if name not in IDENTITY | OWN_MEANING}


def main():
    known = names()
    if not known:
        print("no fact, format or program was found in deploy/: nothing to look for", file=sys.stderr)
        return 1
    files = subprocess.run(["git", "ls-files", "services/*.cc", "services/*.h", "common/*.cc", "common/*.h"],
                           check=True, capture_output=True, text=True).stdout.split()
    bad = 0
    for file in files:
        if TEST.search(file) or file in VOCABULARY:
            continue
        for number, line in enumerate(pathlib.Path(file).read_text(encoding="utf-8").splitlines(), 1):
            if line.startswith("#include"):
                continue
            for literal in LITERAL_OR_COMMENT.findall(line):
                if literal in known:
                    print(f'{file}:{number}: "{literal}" is {known[literal]}; code finds it by use, or is given it')
                    bad += 1
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
