"""Trains the zoo with the XGBoost of this Python and writes its models, inputs and outputs to one file.

    python make_zoo.py OUT.json.gz [--rows 64] [--train-rows 400]
"""

import argparse
import base64
import gzip
import json
import os
import sys
import tempfile
import warnings

import numpy as np
import xgboost as xgb

import datasets
from cases import CASES

warnings.filterwarnings("ignore")


def encode(array):
    return base64.b64encode(np.ascontiguousarray(array, dtype="<f4").tobytes()).decode()


def model_bytes(booster, file_format):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model." + file_format)
        booster.save_model(path)
        with open(path, "rb") as file:
            return file.read()


def run(case, train_rows, predict_rows):
    x, labels, p, types, names = datasets.make(case["data"], train_rows, predict_rows)
    arguments = {"missing": case.get("missing", np.nan)}
    if types is not None:
        arguments["feature_types"] = types
    if types is not None and "c" in types:
        arguments["enable_categorical"] = True
    if names is not None:
        arguments["feature_names"] = names
    train = xgb.DMatrix(x, **arguments, **labels)
    # The training above may meet only known categories; rows to predict hold odd ones on purpose.
    test = xgb.DMatrix(p, **arguments)
    booster = xgb.train(case["params"], train, case["rounds"])
    data = model_bytes(booster, case.get("format", "ubj"))
    booster = xgb.Booster({"nthread": 1})
    booster.load_model(bytearray(data))
    margin = booster.predict(test, output_margin=True)
    result = {
        "name": case["name"],
        "objective": case["params"].get("objective", "reg:squarederror"),
        "booster": case["params"].get("booster", "gbtree"),
        "format": case.get("format", "ubj"),
        "missing": case.get("missing"),
        "rowCount": len(p),
        "featureCount": p.shape[1],
        "model": base64.b64encode(data).decode(),
        "rows": encode(p),
        "margin": encode(margin),
        "value": encode(booster.predict(test)),
    }
    if result["booster"] != "gblinear":
        result["leaf"] = encode(booster.predict(test, pred_leaf=True))
        if case["rounds"] > 2:
            result["rangeMargin"] = encode(booster.predict(test, output_margin=True, iteration_range=(1, 3)))
    base = (np.arange(margin.size, dtype=np.float32) / 7 - 3).astype(np.float32)
    with_base = xgb.DMatrix(p, **arguments)
    with_base.set_base_margin(base.reshape(margin.shape))
    result["baseMargin"] = encode(base)
    result["marginFromBase"] = encode(booster.predict(with_base, output_margin=True))
    if case["params"].get("multi_strategy") != "multi_output_tree":
        result["contributions"] = encode(booster.predict(test, pred_contribs=True))
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("--rows", type=int, default=48)
    parser.add_argument("--train-rows", type=int, default=300)
    options = parser.parse_args()
    made, skipped = [], []
    for case in CASES:
        try:
            made.append(run(case, options.train_rows, options.rows))
        except Exception as error:  # an old release does not know every parameter
            skipped.append({"name": case["name"], "why": str(error).strip().split("\n")[0][:120]})
    document = {"release": xgb.__version__, "cases": made, "skipped": skipped}
    with open(options.out, "wb") as file:
        file.write(gzip.compress(json.dumps(document).encode(), 9, mtime=0))
    print(f"xgboost {xgb.__version__}: {len(made)} models, {len(skipped)} skipped")
    for item in skipped:
        print(f"  skipped {item['name']}: {item['why']}", file=sys.stderr)


if __name__ == "__main__":
    main()
