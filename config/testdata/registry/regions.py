"""Writes regions.json: each commercial region's zones, and which of types.txt CloudFormation's registry lacks there.

The registry is read as cfn-lint ships it. Run with the project's Python environment:

    python config/testdata/registry/regions.py
"""

import importlib
import json
import pathlib
from importlib.metadata import version

from cfnlint.helpers import AVAILABILITY_ZONES

here = pathlib.Path(__file__).parent
needed = [t for t in (here / "types.txt").read_text().split("\n") if t and not t.startswith("#")]
commercial = [r for r in sorted(AVAILABILITY_ZONES) if not r.startswith(("cn-", "us-gov-", "us-iso", "eu-iso", "eusc-"))]


def registry(region):
    return importlib.import_module("cfnlint.data.schemas.providers." + region.replace("-", "_")).types


(here / "regions.json").write_text(
    json.dumps(
        {
            "source": "cfn-lint " + version("cfn-lint"),
            "regions": {
                r: {"zones": AVAILABILITY_ZONES[r], "lacks": [t for t in needed if t not in registry(r)]} for r in commercial
            },
        },
        indent=1,
    )
    + "\n"
)
