"""The plain recipe in pandas and XGBoost: 13 columns joined onto the long table of sales, trees on log1p(units).

Reads the CSV files of a directory before the clock starts, samples the given number of rows, and prints one line of
JSON: rows, seconds and CPU seconds of the columns and of the fit, peak memory of the process.

usage: seed_recipe.py DIRECTORY ROWS ROUNDS THREADS PARAMS
"""

import json
import os
import resource
import sys
import time

import numpy as np
import pandas as pd
import xgboost as xgb

directory, max_rows, rounds, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
params = {**json.loads(sys.argv[5]), "nthread": threads}


def read(name, **options):
    return pd.read_csv(os.path.join(directory, name), **options)


sales = read("train.csv", parse_dates=["date"])
stores = read("stores.csv")
oil = read("oil.csv", parse_dates=["date"])
holidays = read("holidays_events.csv", parse_dates=["date"])
tickets = read("transactions.csv", parse_dates=["date"])
known_rows = len(sales)


def clock():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return time.perf_counter(), usage.ru_utime + usage.ru_stime


def build_columns():
    daily_oil = oil.set_index("date").asfreq("D").ffill().rolling(28, min_periods=1).mean().reset_index()
    national = holidays[
        (holidays["locale"] == "National")
        & ~holidays["transferred"].astype(str).str.lower().eq("true")
        & holidays["type"].isin(["Holiday", "Transfer"])
    ]
    frame = sales.merge(stores, on="store_nbr", how="left")
    frame = frame.merge(daily_oil, on="date", how="left")
    # The day's own tickets are not known in advance; those of the same weekday three weeks before are, 16 days ahead.
    lagged = tickets.assign(date=tickets["date"] + pd.Timedelta(days=21))
    frame = frame.merge(lagged, on=["date", "store_nbr"], how="left")
    frame["national_holiday"] = frame["date"].isin(set(national["date"])).astype(np.float32)
    frame["year"] = frame["date"].dt.year
    frame["month"] = frame["date"].dt.month
    frame["day_of_week"] = frame["date"].dt.dayofweek
    for name in ["family", "city", "state", "type"]:
        frame[name] = frame[name].astype("category").cat.codes
    columns = ["store_nbr", "family", "city", "state", "type", "cluster", "year", "month", "day_of_week"]
    columns += ["national_holiday", "dcoilwtico", "onpromotion", "transactions"]
    return frame[columns].to_numpy(dtype=np.float32), np.log1p(frame["sales"].to_numpy(dtype=np.float32))


started = clock()
rows, labels = build_columns()
built = clock()
if len(rows) > max_rows:
    picked = np.sort(np.random.default_rng(1).choice(len(rows), max_rows, replace=False))
    rows, labels = rows[picked], labels[picked]
sampled = clock()
matrix = xgb.QuantileDMatrix(rows, labels, nthread=threads)
booster = xgb.train(params, matrix, num_boost_round=rounds)
fitted = clock()

print(
    json.dumps(
        {
            "built_rows": known_rows,
            "columns": rows.shape[1],
            "fitted_rows": len(rows),
            "feature_seconds": built[0] - started[0],
            "feature_cpu_seconds": built[1] - started[1],
            "fit_seconds": fitted[0] - sampled[0],
            "fit_cpu_seconds": fitted[1] - sampled[1],
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "xgboost": xgb.__version__,
        }
    )
)
