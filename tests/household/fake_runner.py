"""Speaks the runner's JSON protocol without openfisca: simple sums, so that a test can tell."""

import json
import sys

asked = json.load(sys.stdin)
if asked["month"] == "2020-01":
    sys.exit("barèmes absents")
rows = [
    {
        "id": one["id"],
        "apl_cents": 30_000,
        "rsa_cents": sum(one["people"][0]["income"].values()) // 10,
        "activity_bonus_cents": 1_000 * len(one["people"]),
    }
    for one in asked["households"]
]
if asked["month"] == "2020-02":
    rows = rows[:-1]
json.dump({"version": "0.0.essai", "scales_on": f"{asked['month']}-01", "estimates": rows}, sys.stdout)
