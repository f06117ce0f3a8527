"""Loads RDF documents with the prov package, as its users do, and prints as JSON what it then holds.

    /usr/bin/python3 load-prov.py turtle one.ttl two.ttl …

One line for each file: the records of the document and of its bundles, each with its type, identifier and attributes.
What prevents a file from being loaded is printed in place of its records.
"""

import json
import sys
from datetime import datetime

from prov.identifier import Identifier
from prov.model import Literal, ProvDocument


def plain(value):
    if isinstance(value, Identifier):
        return {"iri": value.uri}
    if isinstance(value, datetime):
        return {"value": value.isoformat()}
    if isinstance(value, Literal):
        inner = value.value
        return {"value": inner.isoformat() if isinstance(inner, datetime) else str(inner)}
    return {"value": str(value)}


def records(bundle):
    return [
        {
            "type": record.get_type().uri,
            "id": record.identifier.uri if record.identifier else None,
            "attributes": [[name.uri, plain(value)] for name, value in record.attributes],
        }
        for record in bundle.get_records()
    ]


def load(path, rdf_format):
    try:
        document = ProvDocument.deserialize(path, format="rdf", rdf_format=rdf_format)
    except Exception as error:  # whatever it is, the test is to see it
        return {"error": f"{type(error).__name__}: {error}"}
    bundles = {bundle.identifier.uri: records(bundle) for bundle in document.bundles}
    return {"records": records(document), "bundles": bundles}


if __name__ == "__main__":
    for file in sys.argv[2:]:
        print(json.dumps(load(file, sys.argv[1])))
