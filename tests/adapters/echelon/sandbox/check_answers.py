"""Judges recorded answers by the schemas of an OpenAPI 3.0 file.

Usage: check_answers.py openapi.yaml answers.jsonl
Each line: {"operation": "get /payouts/{idPayout}", "status": 200, "body": "<JSON text>"}; the operation
"callback" means the request body of the statusChange callback.
Exit codes: 0 all fit, 1 some do not, 3 the checker cannot tell (for example an unknown schema keyword).
"""

import json
import re
import sys
from decimal import Decimal

import yaml

# Describe a schema without restricting values.
NEUTRAL = {"description", "example", "title", "default", "x-evidence"}
KNOWN = NEUTRAL | {
    "$ref", "type", "required", "properties", "items", "enum", "pattern", "format", "minLength",
    "maxLength", "minItems", "minimum", "maximum", "exclusiveMinimum", "oneOf", "discriminator",
}
DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
TYPES = {
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "string": lambda v: isinstance(v, str),
    "boolean": lambda v: isinstance(v, bool),
    "number": lambda v: isinstance(v, (int, Decimal)) and not isinstance(v, bool),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
}


class CannotTell(Exception):
    pass


class Checker:
    def __init__(self, document):
        self.document = document

    def resolve(self, node):
        while "$ref" in node:
            target = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def misfits(self, schema, value, path="body"):
        schema = self.resolve(schema)
        unknown = set(schema) - KNOWN
        if unknown:
            raise CannotTell(f"{path}: keywords {sorted(unknown)} are not supported")
        if "oneOf" in schema:
            yield from self.one_of(schema, value, path)
            return
        if "type" in schema and not TYPES[schema["type"]](value):
            yield f"{path}: is not of type {schema['type']}"
            return
        if "enum" in schema and value not in schema["enum"]:
            yield f"{path}: {value!r} is not in the enum"
        if isinstance(value, str):
            yield from self.text(schema, value, path)
        elif isinstance(value, dict):
            yield from self.members(schema, value, path)
        elif isinstance(value, list):
            if len(value) < schema.get("minItems", 0):
                yield f"{path}: has too few items"
            for i, item in enumerate(value):
                yield from self.misfits(schema.get("items", {}), item, f"{path}[{i}]")
        elif not isinstance(value, bool) and value is not None:
            yield from self.number(schema, value, path)

    def one_of(self, schema, value, path):
        name = schema["discriminator"]["propertyName"]
        code = value.get(name) if isinstance(value, dict) else None
        target = schema["discriminator"]["mapping"].get(code)
        if target is None:
            yield f"{path}.{name}: {code!r} selects no schema"
        else:
            yield from self.misfits({"$ref": target}, value, path)

    def members(self, schema, value, path):
        for name in schema.get("required", []):
            if name not in value:
                yield f"{path}.{name}: is missing"
        for name, member in value.items():
            declared = schema.get("properties", {}).get(name)
            if declared is None:
                # The schemas allow it, but the simulator has no business inventing fields.
                yield f"{path}.{name}: is not declared"
            else:
                yield from self.misfits(declared, member, f"{path}.{name}")

    @staticmethod
    def text(schema, value, path):
        if len(value) < schema.get("minLength", 0):
            yield f"{path}: is too short"
        if len(value) > schema.get("maxLength", len(value)):
            yield f"{path}: is too long"
        pattern = schema.get("pattern")
        if pattern and r"\p" in pattern:
            raise CannotTell(f"{path}: Unicode classes are not supported")
        if pattern and not re.search(pattern, value):
            yield f"{path}: does not match {pattern}"
        if schema.get("format") == "date-time" and not DATE_TIME.fullmatch(value):
            yield f"{path}: is no date-time"

    @staticmethod
    def number(schema, value, path):
        minimum = schema.get("minimum")
        if minimum is not None:
            exclusive = schema.get("exclusiveMinimum", False)
            if value < minimum or (exclusive and value == minimum):
                yield f"{path}: is below the minimum"
        if "maximum" in schema and value > schema["maximum"]:
            yield f"{path}: is above the maximum"

    def schema_for(self, operation, status):
        if operation == "callback":
            create = self.document["paths"]["/payouts/{idPayout}"]["post"]
            (expression,) = create["callbacks"]["statusChange"].values()
            body = expression["post"]["requestBody"]
        else:
            method, path = operation.split(" ")
            responses = self.document["paths"][path][method]["responses"]
            if str(status) not in responses:
                return None
            body = self.resolve(responses[str(status)])
        return body["content"]["application/json"]["schema"]

    def judge(self, answer):
        schema = self.schema_for(answer["operation"], answer["status"])
        if schema is None:
            return ["this status is not declared"]
        try:
            value = json.loads(answer["body"], parse_float=Decimal)
        except ValueError as error:
            return [f"is no JSON: {error}"]
        return list(self.misfits(schema, value))


def main(arguments):
    with open(arguments[1], encoding="utf-8") as file:
        checker = Checker(yaml.safe_load(file))
    with open(arguments[2], encoding="utf-8") as file:
        answers = [json.loads(line) for line in file]
    if not answers:
        raise CannotTell("there is nothing to judge")
    failed = False
    for answer in answers:
        for misfit in checker.judge(answer):
            failed = True
            print(f"{answer['operation']} {answer['status']}: {misfit}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv))
    except (CannotTell, KeyError, OSError, ValueError) as error:
        print(f"cannot tell: {error!r}", file=sys.stderr)
        sys.exit(3)
