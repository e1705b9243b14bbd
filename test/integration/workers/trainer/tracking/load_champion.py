"""Loads the champion of a registered model as documented, and prints its predictions for rows from stdin."""

import json
import sys

import mlflow.xgboost
import numpy
import xgboost

uri, model = sys.argv[1:]
mlflow.set_tracking_uri(uri)
booster = mlflow.xgboost.load_model(f"models:/{model}@champion")
rows = numpy.array(json.load(sys.stdin), dtype=numpy.float32)
predictions = [float(value) for value in booster.predict(xgboost.DMatrix(rows))]
print(json.dumps({"kind": type(booster).__name__, "rounds": booster.num_boosted_rounds(), "predictions": predictions}))
