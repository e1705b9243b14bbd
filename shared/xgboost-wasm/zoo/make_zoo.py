"""Trains the zoo with the XGBoost of this Python and writes its models, inputs and outputs to one file.

    python make_zoo.py OUT.json[.gz] [--set usual|thresholds|all] [--cases a,b] [--rows 40] [--train-rows 300]
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
import thresholds
from cases import CASES
from thresholds import THRESHOLDS

warnings.filterwarnings("ignore")


def encode(array):
    return base64.b64encode(np.ascontiguousarray(array, dtype="<f4").tobytes()).decode()


# SHAP values take the most space by far.
CONTRIBUTION_ROWS = 10
RELEASE = tuple(int(part) for part in xgb.__version__.split(".")[:2])


def model_bytes(booster, file_format):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model." + file_format)
        booster.save_model(path)
        with open(path, "rb") as file:
            return file.read()


def read_model(data, file_format):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model." + file_format)
        with open(path, "wb") as file:
            file.write(data)
        booster = xgb.Booster({"nthread": 1})
        booster.load_model(path)
        return booster


def train(case, data, arguments, file_format, train_rows):
    """The bytes of a case's model: trained, perhaps continuing an earlier training, perhaps altered."""
    earlier = None
    if "first" in case:
        name, rounds = case["first"]
        x, labels = datasets.make(name, train_rows, 1)[:2]
        earlier = xgb.train(case["params"], xgb.DMatrix(x, **arguments, **labels), rounds)
    booster = xgb.train(case["params"], data, case["rounds"], xgb_model=earlier)
    if "alter" in case:
        document = json.loads(model_bytes(booster, "json"))
        case["alter"](document)
        booster = read_model(json.dumps(document).encode(), "json")
    return model_bytes(booster, file_format)


def run(case, train_rows, predict_rows, model):
    x, labels, p, types, names = datasets.make(case["data"], train_rows, predict_rows)
    arguments = {"missing": case.get("missing", np.nan)}
    if types is not None:
        arguments["feature_types"] = types
    if types is not None and "c" in types:
        arguments["enable_categorical"] = True
    if names is not None:
        arguments["feature_names"] = names
    data = xgb.DMatrix(x, **arguments, **labels)
    if case.get("odd_rows"):
        p = thresholds.odd_rows(p)
    # The training above may meet only known categories; rows to predict hold odd ones on purpose.
    test = xgb.DMatrix(p, **arguments)
    # UBJSON came with 1.6.
    file_format = case.get("format", "ubj") if RELEASE >= (1, 6) else "json"
    if model is None:
        content = train(case, data, arguments, file_format, train_rows)
    else:
        content, file_format = base64.b64decode(model["model"]), model["format"]
    booster = read_model(content, file_format)
    margin = booster.predict(test, output_margin=True)
    result = {
        "name": case["name"],
        "objective": case["params"].get("objective", "reg:squarederror"),
        "booster": case["params"].get("booster", "gbtree"),
        "format": file_format,
        "missing": case.get("missing"),
        "rowCount": len(p),
        "featureCount": p.shape[1],
        "model": base64.b64encode(content).decode(),
        "rows": encode(p),
        "margin": encode(margin),
        "value": encode(booster.predict(test)),
    }
    if result["booster"] != "gblinear":
        result["leaf"] = encode(booster.predict(test, pred_leaf=True))
        if case["rounds"] > 2 and RELEASE >= (1, 4):
            result["rangeMargin"] = encode(booster.predict(test, output_margin=True, iteration_range=(1, 3)))
    base = (np.arange(margin.size, dtype=np.float32) / 7 - 3).astype(np.float32)
    with_base = xgb.DMatrix(p, **arguments)
    with_base.set_base_margin(base.reshape(margin.shape) if RELEASE >= (1, 6) else base)
    result["baseMargin"] = encode(base)
    result["marginFromBase"] = encode(booster.predict(with_base, output_margin=True))
    if case["params"].get("multi_strategy") != "multi_output_tree":
        few = xgb.DMatrix(p[:CONTRIBUTION_ROWS], **arguments)
        result["contributions"] = encode(booster.predict(few, pred_contribs=True))
    return result


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("--set", choices=["usual", "thresholds", "all"], default="usual")
    parser.add_argument("--cases", help="names of the models to make, with commas; all of the set without it")
    parser.add_argument("--rows", type=int, default=40)
    parser.add_argument("--train-rows", type=int, default=300)
    parser.add_argument("--models", help="take the models from this file instead of training: what a later release "
                        "makes of an old one's files")
    options = parser.parse_args()
    release, models = xgb.__version__, None
    if options.models:
        with gzip.open(options.models) as file:
            old = json.load(file)
        release, models = old["release"], {item["name"]: item for item in old["cases"]}
        options.cases = ",".join(models)
    made, skipped = [], []
    cases = {"usual": CASES, "thresholds": THRESHOLDS, "all": CASES + THRESHOLDS}[options.set]
    wanted = options.cases.split(",") if options.cases else [case["name"] for case in cases]
    for case in (case for case in cases if case["name"] in wanted):
        try:
            made.append(run(case, options.train_rows, options.rows, models and models[case["name"]]))
        except Exception as error:  # an old release does not know every parameter
            skipped.append({"name": case["name"], "why": str(error).strip().split("\n")[0][:120]})
    document = {"release": release, "outputsOf": xgb.__version__, "cases": made, "skipped": skipped}
    with open(options.out, "wb") as file:
        text = json.dumps(document).encode()
        file.write(gzip.compress(text, 9, mtime=0) if options.out.endswith(".gz") else text)
    print(f"xgboost {xgb.__version__}: {len(made)} models, {len(skipped)} skipped")
    for item in skipped:
        print(f"  skipped {item['name']}: {item['why']}", file=sys.stderr)


if __name__ == "__main__":
    main()
