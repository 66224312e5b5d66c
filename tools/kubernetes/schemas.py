#!/usr/bin/env python3
"""Makes kubeconform's JSON schemas from the Kubernetes module's swagger.json and from definitions of custom resources.

usage: schemas.py SWAGGER OUT [CRD.yaml]…
"""
import json
import os
import sys

import yaml

QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"
INT_OR_STRING = "io.k8s.apimachinery.pkg.util.intstr.IntOrString"
OBJECT_META = "#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"


def inline(node, definitions, stack=()):
    """The schema with its references replaced: what it does not name is refused, what is optional may be null."""
    if isinstance(node, list):
        return [inline(each, definitions, stack) for each in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("$ref"), str):
        name = node["$ref"].rsplit("/", 1)[1]
        # JSONSchemaProps refers to itself.
        return {} if name in stack else inline(definitions[name], definitions, stack + (name,))
    result = {key: inline(value, definitions, stack) for key, value in node.items()
              if key != "properties" and not key.startswith("x-kubernetes")}
    if node.get("x-kubernetes-int-or-string"):
        result["type"] = ["string", "integer"]
        result.pop("anyOf", None)
    if "properties" in node:
        properties = {key: inline(value, definitions, stack) for key, value in node["properties"].items()}
        result["properties"] = properties
        if not node.get("x-kubernetes-preserve-unknown-fields"):
            result.setdefault("additionalProperties", False)
        for key, value in properties.items():
            if key not in node.get("required", []) and isinstance(value.get("type"), str):
                value["type"] = [value["type"], "null"]
    return result


def write(folder, schema, group, version, kind):
    properties = schema["properties"]
    properties["apiVersion"] = {"type": "string", "enum": [f"{group}/{version}" if group else version]}
    properties["kind"] = {"type": "string", "enum": [kind]}
    schema["required"] = sorted(set(schema.get("required", [])) | {"apiVersion", "kind"})
    suffix = f"-{group.split('.')[0]}-{version}" if group else f"-{version}"
    with open(f"{folder}/{kind.lower()}{suffix}.json", "w", encoding="utf-8") as file:
        json.dump(schema, file)


def main():
    swagger, folder, *custom = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    with open(swagger, encoding="utf-8") as file:
        definitions = json.load(file)["definitions"]
    definitions[QUANTITY] = {"type": ["string", "number"]}
    definitions[INT_OR_STRING] = {"type": ["string", "integer"]}
    for name, definition in definitions.items():
        kinds = definition.get("x-kubernetes-group-version-kind", [])
        if "properties" in definition and len(kinds) == 1:  # DeleteOptions and the like have many
            schema = inline({"$ref": "#/" + name}, definitions)
            write(folder, schema, kinds[0]["group"], kinds[0]["version"], kinds[0]["kind"])
    yaml.CSafeLoader.add_constructor("tag:yaml.org,2002:value", lambda _, node: node.value)  # '=' in YAML 1.1
    for path in custom:
        with open(path, encoding="utf-8") as file:
            documents = [each for each in yaml.load_all(file, yaml.CSafeLoader) if each]
        for document in documents:
            if document.get("kind") != "CustomResourceDefinition":
                continue
            spec = document["spec"]
            for version in spec["versions"]:
                schema = inline(version["schema"]["openAPIV3Schema"], definitions)
                schema["properties"]["metadata"] = inline({"$ref": OBJECT_META}, definitions)
                write(folder, schema, spec["group"], version["name"], spec["names"]["kind"])


main()
