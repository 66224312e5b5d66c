#!/usr/bin/env python3
"""Says what is wrong with resources of FHIR R4 (4.0.1): a JSON document a line on the standard input.

By the models of fhir.resources, which know every element, its type, and whether it must be there; and by the codes that a
required element may have, which they list and do not check themselves. References within a resource have to lead somewhere.
"""

import json
import sys

from fhir.resources import construct_fhir_element
from fhir.resources.core.fhirabstractmodel import FHIRAbstractModel


# Where the models' list of codes is cut short ("+"): http://hl7.org/fhir/R4/valueset-task-status.html
WHOLE = {
    ("Task", "status"): {
        "draft", "requested", "received", "accepted", "rejected", "ready", "cancelled", "in-progress", "on-hold", "failed",
        "completed", "entered-in-error",
    },
}


def codes(element, path):
    """Yields the elements whose code is none of those that there are."""
    for name, field in element.__fields__.items():
        value = getattr(element, name)
        values = value if isinstance(value, list) else [] if value is None else [value]
        allowed = set(field.field_info.extra.get("enum_values") or ())
        if "+" in allowed:
            allowed = WHOLE.get((element.resource_type, name), set())
        for each in values:
            if isinstance(each, FHIRAbstractModel):
                yield from codes(each, f"{path}.{field.alias}")
            elif allowed and each not in allowed:
                yield f"{path}.{field.alias}: {each}"


def empties(value, path):
    if value in ("", [], {}, None):
        yield f"{path}: empty"
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in members:
        yield from empties(each, f"{path}.{name}")


def references(value, known):
    if isinstance(value, dict):
        reference = value.get("reference", "")
        if reference.startswith("#") and reference[1:] not in known:
            yield f"{reference}: nothing is contained by that id"
        for each in value.values():
            yield from references(each, known)
    elif isinstance(value, list):
        for each in value:
            yield from references(each, known)


def resources(document):
    """Resources that stand by themselves: the document, or the entries of a Bundle."""
    yield document
    for entry in document.get("entry", []):
        if "resource" in entry:
            yield entry["resource"]


def main():
    faults = 0
    for line in sys.stdin:
        document = json.loads(line)
        kind = document["resourceType"]
        try:
            found = list(codes(construct_fhir_element(kind, document), kind))
        except ValueError as error:
            found = [f"{kind}: {error}"]
        found += empties(document, kind)
        for resource in resources(document):
            contained = {each["id"] for each in resource.get("contained", [])}
            found += references(resource, contained) if resource["resourceType"] != "Bundle" else []
        for fault in found:
            print(fault)
        faults += len(found)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
