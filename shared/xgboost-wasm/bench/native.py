"""The native side of the benchmark: answers JSON commands on standard input, one a line, with one thread.

Data and models are files in the folder given as the first argument, so that both sides work on the same bytes.
"""

import ctypes
import json
import os
import sys
import time

import numpy as np
import xgboost as xgb

FOLDER = sys.argv[1]
ROWS, COLUMNS = 28512, 30
state = {}


def path(name):
    return os.path.join(FOLDER, name)


def make_data():
    random = np.random.RandomState(7)
    x = random.normal(size=(ROWS, COLUMNS)).astype(np.float32)
    x[:, 20:] = np.round(x[:, 20:] * 2)
    y = x[:, 0] * x[:, 1] + np.sin(3 * x[:, 2]) + x[:, 3] * (x[:, 4] > 0) + 0.2 * x[:, 20:].sum(axis=1)
    y = (y + 0.3 * random.normal(size=ROWS)).astype(np.float32)
    missing = x.copy()
    missing[random.rand(ROWS, COLUMNS) < 0.02] = np.nan
    return x, missing, y


def prepare(command):
    if "dense" not in state:
        state["dense"], state["missing"], state["y"] = make_data()
        state["dense"].tofile(path("dense.f32"))
        state["missing"].tofile(path("missing.f32"))
    name, data = command["name"], state[command["data"]]
    model = path(name + ".ubj")
    if not os.path.exists(model):
        parameters = {"max_depth": command["depth"], "eta": 0.05, "tree_method": "hist", "nthread": os.cpu_count()}
        xgb.train(parameters, xgb.DMatrix(data, state["y"]), command["trees"]).save_model(model)
    booster = xgb.Booster({"nthread": 1})
    booster.load_model(model)
    state["booster"], state["data"] = booster, data
    state["matrix"] = xgb.DMatrix(data, nthread=1)
    booster.predict(state["matrix"], output_margin=True).tofile(path(name + ".margin.f32"))
    return {"trees": command["trees"]}


def timed(function, *arguments, **options):
    start = time.perf_counter()
    result = function(*arguments, **options)
    return time.perf_counter() - start, result


def inplace(_):
    return {"seconds": timed(state["booster"].inplace_predict, state["data"], predict_type="margin")[0]}


def matrix(_):
    # A booster caches its predictions of a matrix; without the cache there is work to time.
    state["booster"].reset()
    return {"seconds": timed(state["booster"].predict, state["matrix"], output_margin=True)[0]}


def rows(command):
    """Seconds a call for one row at a time, by the C function itself, called through ctypes only."""
    library = ctypes.CDLL(os.path.join(os.path.dirname(xgb.__file__), "lib", "libxgboost.so"))
    handle = state["booster"].handle
    config = json.dumps(
        {"type": 1, "training": False, "iteration_begin": 0, "iteration_end": 0, "strict_shape": False,
         "cache_id": 0, "missing": float("nan")}
    ).encode()
    row = np.zeros((1, COLUMNS), dtype=np.float32)
    interface = json.dumps(
        {"data": [row.ctypes.data, False], "shape": [1, COLUMNS], "typestr": "<f4", "version": 3}
    ).encode()
    shape = ctypes.POINTER(ctypes.c_uint64)()
    dimensions = ctypes.c_uint64()
    result = ctypes.POINTER(ctypes.c_float)()
    arguments = (handle, interface, config, None, ctypes.byref(shape), ctypes.byref(dimensions), ctypes.byref(result))
    predict = library.XGBoosterPredictFromDense
    start = time.perf_counter()
    for i in range(command["count"]):
        row[0] = state["data"][i]
        if predict(*arguments) != 0:
            raise RuntimeError("XGBoosterPredictFromDense failed")
    return {"seconds": (time.perf_counter() - start) / command["count"]}


def shap(command):
    few = xgb.DMatrix(state["data"][: command["rows"]], nthread=1)
    seconds, result = timed(state["booster"].predict, few, pred_contribs=True)
    result.tofile(path("shap.f32"))
    return {"seconds": seconds}


def main():
    commands = {"prepare": prepare, "inplace": inplace, "matrix": matrix, "rows": rows, "shap": shap}
    print(json.dumps({"release": xgb.__version__}), flush=True)
    for line in sys.stdin:
        command = json.loads(line)
        try:
            answer = commands[command["do"]](command)
        except Exception as error:  # the other side reports it
            answer = {"error": str(error)}
        print(json.dumps(answer), flush=True)


main()
