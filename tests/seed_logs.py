"""Logs of one set-up by several seeds, one of which goes elsewhere: what a reader drops on the Runs page."""

import csv
import io
import json

import numpy as np

LEFT = 18  # epoch at which the stray seed leaves the others


def seed_records(seed, stray=False, epochs=40, noise=0.004):
    """Records of a run whose weight settles at 0.2; a stray one drops to 0.05, and its score with it."""
    draws = np.random.default_rng(seed)
    rows = []
    for epoch in range(epochs):
        gone = stray and epoch >= LEFT
        weight = 0.2 + 0.3 * np.exp(-epoch / 3) + noise * draws.standard_normal()
        weight = 0.0476 + 0.15 * np.exp(-(epoch - LEFT + 1)) if gone else weight
        score = 0.75 - 0.4 * np.exp(-epoch / 6) + 0.004 * draws.standard_normal()
        score -= 0.28 * (1 - np.exp(-(epoch - LEFT + 1) / 2)) if gone else 0.0
        rows.append(
            {
                "epoch": epoch,
                "w_seg": round(float(weight), 6),
                "w_depth": round(float(1 - weight), 6),
                "val_miou": round(float(score), 6),
                "train_loss": round(float(0.25 + 0.8 * np.exp(-epoch / 8)), 6),
            }
        )
    return rows


def as_json(rows):
    """The records as a list."""
    return json.dumps(rows).encode()


def as_csv(rows):
    """The records as a table with a head line."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def five_seeds(ending="json", stem="mtl", stray=3):
    """Names and contents of five files, one a seed."""
    write = as_json if ending == "json" else as_csv
    return {f"{stem}_seed{s}.{ending}": write(seed_records(s, s == stray)) for s in range(5)}
