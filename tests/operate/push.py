#!/usr/bin/env python3
"""Pushes referrals through the gateway as an agency does, each over a connection of its own, and reads each back.

usage: push.py URL CA KEY-FILE AGENCY PREFIX (--count N | --until FILE) [--rate R] [--again SECONDS]

--until pushes until the file exists. An answer that is not a success, or none, is an error; with --again the same request is
sent again for so long, as a partner's system would. Prints a line for each error, then how many went well, as JSON; ends with
1 where there was an error.
"""

import argparse
import json
import os
import ssl
import sys
import time
import urllib.error
import urllib.request

TIMEOUT_SECONDS = 15
PROGRAM = "programs/ottawa-career-mentoring"


class Partner:
    def __init__(self, options):
        self.url = options.url
        self.again = options.again
        self.context = ssl.create_default_context(cafile=options.ca)
        with open(options.key_file, encoding="utf-8") as file:
            self.key = file.read().strip()

    def once(self, method, path, body, headers):
        request = urllib.request.Request(
            self.url + path, method=method, data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": "Bearer " + self.key, "Content-Type": "application/json", **headers})
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS, context=self.context) as answer:
            return json.load(answer)

    def call(self, method, path, body=None, **headers):
        give_up = time.monotonic() + self.again
        while True:
            try:
                return self.once(method, path, body, headers)
            except (urllib.error.URLError, OSError, ValueError) as error:
                refused = isinstance(error, urllib.error.HTTPError) and error.code not in (429, 502, 503, 504)
                if refused or time.monotonic() >= give_up:
                    raise
                time.sleep(0.5)

    def push_and_read(self, agency, external_id):
        body = {"agency": agency, "externalId": external_id, "programs": [PROGRAM],
                "file": {"givenName": "Amal", "familyName": "Haddad " + external_id, "birthDate": "1990-02-01",
                         "email": external_id.lower() + "@example.org", "language": "fr", "referredOn": "2025-09-02",
                         "facts": [{"name": "noc", "values": ["21231"]}]}}
        pushed = self.call("POST", "/v1/referrals", body, **{"Idempotency-Key": external_id})
        read = self.call("GET", "/v1/" + pushed["referral"])
        if read["externalId"] != external_id:
            raise ValueError(f"{pushed['referral']} is {read['externalId']}, not {external_id}")


def told(error):
    if isinstance(error, urllib.error.HTTPError):
        return f"{error.code} {error.read().decode(errors='replace')[:500]}"
    return repr(error)


def parse():
    parser = argparse.ArgumentParser()
    for name in ("url", "ca", "key_file", "agency", "prefix"):
        parser.add_argument(name)
    parser.add_argument("--count", type=int, default=sys.maxsize)
    parser.add_argument("--until")
    parser.add_argument("--rate", type=float, default=20)
    parser.add_argument("--again", type=float, default=0)
    return parser.parse_args()


def main():
    options = parse()
    partner = Partner(options)
    began, well, errors = time.monotonic(), 0, 0
    for i in range(options.count):
        if options.until and os.path.exists(options.until):
            break
        time.sleep(max(0.0, began + i / options.rate - time.monotonic()))
        try:
            partner.push_and_read("organizations/" + options.agency, f"{options.prefix}-{i}")
            well += 1
        except (urllib.error.URLError, OSError, ValueError, KeyError) as error:
            errors += 1
            print(f"{time.monotonic() - began:.1f} s, {options.prefix}-{i}: {told(error)}", file=sys.stderr)
    print(json.dumps({"well": well, "errors": errors}))
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
