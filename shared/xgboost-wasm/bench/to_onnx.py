"""Converts a model for onnxruntime: to_onnx.py MODEL.ubj OUT.onnx. Splits stay comparisons of float32 with <."""

import sys

import onnxmltools
import xgboost as xgb
from onnxmltools.convert.common.data_types import FloatTensorType

booster = xgb.Booster()
booster.load_model(sys.argv[1])
kinds = [("input", FloatTensorType([None, booster.num_features()]))]
model = onnxmltools.convert_xgboost(booster, initial_types=kinds)
onnxmltools.utils.save_model(model, sys.argv[2])
