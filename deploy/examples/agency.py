#!/usr/bin/env python3
"""What an agency's system does with Tremplin over HTTP: ask, push one, push a thousand, send a file, follow the feed.

Needs `requests` only. TREMPLIN is the address ("http://127.0.0.1:7480"), KEY the agency's key, AGENCY the agency
("organizations/ociso"), PROGRAM the program ("programs/ottawa-career-mentoring"). CURSOR names a file that keeps the last entry of the
feed that was read, so that the next run goes on behind it. The feed can come by itself instead: webhooks.py beside this takes it.
"""

import base64
import hashlib
import json
import os
import pathlib
import sys
import time

import requests

TREMPLIN = os.environ["TREMPLIN"]
AGENCY = os.environ["AGENCY"]
PROGRAM = os.environ.get("PROGRAM", "programs/ottawa-career-mentoring")
CURSOR = pathlib.Path(os.environ.get("CURSOR", "feed-cursor"))

session = requests.Session()
session.headers["Authorization"] = "Bearer " + os.environ["KEY"]


def call(method, path, tries=6, **options):
    """One request, sent again while the service is away or at its limit; what cannot be done is told and ends the program.

    A request that creates something carries an Idempotency-Key, so sending it again has its effect once."""
    for attempt in range(tries):
        try:
            answer = session.request(method, TREMPLIN + path, timeout=60, **options)
        except requests.ConnectionError:
            answer = None
        if answer is not None and answer.status_code not in (429, 503):
            break
        time.sleep(float(answer.headers.get("Retry-After", 1)) if answer is not None else 2**attempt)
    else:
        sys.exit(f"{method} {path}: no answer")
    if not answer.ok:
        sys.exit(f"{method} {path}: {answer.status_code} {answer.json()['message']}")
    return answer


def person(number):
    return {
        "givenName": "Sam", "familyName": f"Example{number}", "birthDate": "1990-02-01", "language": "en",
        "email": f"sam.example{number}@example.org", "referredOn": "2025-09-02",
        "facts": [{"name": "noc", "values": ["21231"]}],
    }


def check():
    """Would this person be eligible? Nothing is stored, and who they are need not be said."""
    answer = call("POST", "/v1/eligibility:check",
                  json={"programs": [PROGRAM], "file": {"facts": [{"name": "noc", "values": ["21231"]}]}})
    decision = answer.json()["programs"][0]["decision"]
    print("check:", decision["verdict"], *decision.get("reasons", []))


def push_one():
    """The key is yours: the same again, after a cut say, is the same referral and the same answer."""
    answer = call("POST", "/v1/referrals", headers={"Idempotency-Key": "case-4711"},
                  json={"agency": AGENCY, "externalId": "PY-4711", "programs": [PROGRAM], "file": person(4711)})
    print("pushed:", answer.json()["referral"])


def push_many(count=1000, at_once=500):
    """A thousand, with a verdict for each. Items at fault spoil no other."""
    verdicts = {}
    for begin in range(0, count, at_once):
        items = [{"agency": AGENCY, "externalId": f"PY-{i}", "file": person(i)} for i in range(begin, begin + at_once)]
        answer = call("POST", "/v1/referrals:batchSubmit",
                      json={"programs": [PROGRAM], "items": items, "requestId": f"season-2025-{begin}"})
        for result in answer.json()["results"]:
            verdicts[result["verdict"]] = verdicts.get(result["verdict"], 0) + 1
    print("pushed many:", json.dumps(verdicts))


def send_file(path):
    """A CSV file as it is, of any size. After a cut it goes on behind the last row that was told."""
    content = pathlib.Path(path).read_bytes()
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    after = 0
    for _ in range(6):
        try:
            with session.post(f"{TREMPLIN}/v1/referrals:import", data=content, stream=True, timeout=120,
                              params={"programs": PROGRAM, "agency": AGENCY, "afterRow": after},
                              headers={"Content-Type": "text/csv", "Repr-Digest": f"sha-256=:{digest}:"}) as answer:
                if answer.status_code not in (200, 429, 503):
                    sys.exit(f"{path}: {answer.status_code} {answer.json()['message']}")
                for line in answer.iter_lines() if answer.ok else ():
                    told = json.loads(line)
                    if "row" in told:
                        after = int(told["row"]["row"])
                    elif "summary" in told:
                        print("file:", json.dumps(told["summary"]))
                        return
                    elif told["error"]["code"] != 14:  # not "come again"
                        sys.exit(f"{path}: {told['error']['message']}")
        except requests.RequestException:
            pass
        time.sleep(1)
    sys.exit(f"{path}: not taken to its end; rows up to {after} were")


def follow(seconds):
    """What became of all of ours. The last id that was read is kept: the next run goes on behind it."""
    headers = {"Accept": "text/event-stream"}
    if CURSOR.exists():
        headers["Last-Event-ID"] = CURSOR.read_text()
    until = time.monotonic() + seconds
    entries = 0
    with session.get(f"{TREMPLIN}/v1/statusFeed", headers=headers, stream=True, timeout=60) as answer:
        answer.raise_for_status()
        event = {}
        for line in answer.iter_lines(chunk_size=None, decode_unicode=True):
            if line:
                name, _, value = line.partition(": ")
                event[name] = value
            elif "data" in event:
                entry = json.loads(event["data"])
                entries += 1
                CURSOR.write_text(event["id"])
                event = {}
                if entries <= 3:
                    print("told:", entry["sequence"], entry.get("externalId"), entry["milestone"])
            if time.monotonic() > until:
                break
    print("entries:", entries)


if __name__ == "__main__":
    check()
    push_one()
    push_many()
    if len(sys.argv) > 1:
        send_file(sys.argv[1])
    follow(seconds=5)
