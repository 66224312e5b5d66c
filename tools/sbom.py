#!/usr/bin/env python3
"""Prints the SPDX 2.3 list of a package of ours: itself, by its checksum, and the Debian packages it holds or depends on.

usage: sbom.py FILE VERSION ARCHITECTURE EPOCH PACKAGES.tsv      (name<TAB>version a line)
"""
import datetime
import hashlib
import json
import os
import re
import sys


def identifier(text):
    return "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", text)


def debian(name, version, architecture):
    return {
        "SPDXID": identifier("Debian-" + name),
        "name": name,
        "versionInfo": version,
        "supplier": "Organization: Debian",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NOASSERTION",
        "copyrightText": "NOASSERTION",
        "externalRefs": [{
            "referenceCategory": "PACKAGE-MANAGER",
            "referenceType": "purl",
            "referenceLocator": f"pkg:deb/debian/{name}@{version.replace('+', '%2B').replace(':', '%3A')}"
                                f"?arch={architecture}&distro=debian-12",
        }],
    }


def main():
    path, version, architecture, epoch, packages = sys.argv[1:]
    with open(path, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    with open(packages, encoding="utf-8") as file:
        parts = [debian(*line.split("\t"), architecture) for line in sorted(file.read().splitlines())]
    itself = {
        "SPDXID": "SPDXRef-Tremplin",
        "name": "tremplin",
        "versionInfo": version,
        "packageFileName": os.path.basename(path),
        "supplier": "Organization: Tremplin",
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "checksums": [{"algorithm": "SHA256", "checksumValue": digest}],
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NOASSERTION",
        "copyrightText": "NOASSERTION",
    }
    created = datetime.datetime.fromtimestamp(int(epoch), datetime.timezone.utc)
    json.dump({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": os.path.basename(path),
        "documentNamespace": f"https://tremplin.invalid/spdx/{digest}",
        "creationInfo": {"created": created.strftime("%Y-%m-%dT%H:%M:%SZ"), "creators": ["Tool: tremplin-package"]},
        "documentDescribes": ["SPDXRef-Tremplin"],
        "packages": [itself, *parts],
        "relationships": [
            {"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-Tremplin"},
            *({"spdxElementId": "SPDXRef-Tremplin", "relationshipType": "DEPENDS_ON", "relatedSpdxElement": part["SPDXID"]}
              for part in parts),
        ],
    }, sys.stdout, indent=1)
    print()


main()
