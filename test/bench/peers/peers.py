"""Forecasts of third-party models on the windows of a backtest; they are scored together with our own.

Reads what export-panel.ts writes into DIRECTORY, refits PEER on the days up to the origin of each WINDOW (its number,
from 0), and writes the units that it forecasts: `PEER-WINDOW.f64`, the scored series one after the other, `horizon` days
each. The last line on standard output is JSON: user CPU seconds of fits and forecasts, peak memory of the process, and
how many series the peer could not forecast. For those the seasonal naive forecast is written.

usage: peers.py DIRECTORY PEER WINDOW...
"""

import importlib
import json
import os
import resource
import sys
import time

import numpy as np

SEASON = 7
WEEKS = 4

directory, peer, windows = sys.argv[1], sys.argv[2], [int(text) for text in sys.argv[3:]]

with open(os.path.join(directory, "panel.json"), encoding="utf-8") as file:
    panel = json.load(file)
horizon, scored, origins = panel["horizon"], np.array(panel["scored"]), panel["origins"]
seed, threads, series = panel["seed"], panel["threads"], panel["series"]


def read(name, dtype, rows):
    """A file of the exchange as rows of equal length, little-endian."""
    return np.fromfile(os.path.join(directory, name), dtype=dtype).reshape(rows, -1)


def days_of(name, dtype, origin):
    """The days of every series up to the origin, its own day included: the only units that a peer sees."""
    return read(name, dtype, len(series))[:, : origin + 1]


def user_seconds():
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime


# Baselines, computed from the same files a second time: the runner compares them with the backtest's own.


def same_weekdays(known, h):
    """Units on the last four same weekdays up to the end of the columns, the newest first; NaN where unknown."""
    newest = known.shape[1] - 1 + h - SEASON * -(-h // SEASON)
    columns = [newest - SEASON * week for week in range(WEEKS)]
    unknown = np.full(len(known), np.nan)
    return np.stack([known[:, column] if column >= 0 else unknown for column in columns])


def seasonal_naive(known):
    days = []
    for h in range(1, horizon + 1):
        weeks = same_weekdays(known, h)
        first = np.argmax(~np.isnan(weeks), axis=0)
        days.append(np.nan_to_num(weeks[first, np.arange(len(known))]))
    return np.stack(days, axis=1)


def same_weekday_mean_4(known):
    days = []
    for h in range(1, horizon + 1):
        weeks = same_weekdays(known, h)
        counted = (~np.isnan(weeks)).sum(axis=0)
        days.append(np.nansum(weeks, axis=0) / np.maximum(counted, 1))
    return np.stack(days, axis=1)


def baseline(forecast):
    return lambda window: forecast(days_of("known.f64", "<f8", origins[window])[scored])


# A model for each series: statsforecast.


def statistical(create):
    def forecast(window):
        filled = days_of("filled.f64", "<f8", origins[window])
        rows = np.full((len(scored), horizon), np.nan)
        for at, index in enumerate(scored):
            units = filled[index]
            units = units[~np.isnan(units)][-panel["days_back"] :]
            try:
                rows[at] = create().forecast(y=units, h=horizon)["mean"]
            except Exception as error:  # A series may be too short, or constant: the runner reports how many.
                say_first_failure(f"{peer} cannot forecast {series[index]['id']}: {error!r}")
            say_now_and_then(f"{peer}: window {window + 1} of {len(origins)}, {at + 1} of {len(scored)} series")
        return rows

    return forecast


def auto_ets():
    from statsforecast.models import AutoETS

    return AutoETS(season_length=SEASON)


def ets_ana():
    """A fixed model: additive level and weekly season, no trend."""
    from statsforecast.models import AutoETS

    return AutoETS(season_length=SEASON, model="ANA")


def auto_theta():
    from statsforecast.models import AutoTheta

    return AutoTheta(season_length=SEASON)


def croston_sba():
    from statsforecast.models import CrostonSBA

    return CrostonSBA()


def tsb():
    from statsforecast.models import TSB

    return TSB(alpha_d=0.2, alpha_p=0.2)


# One model for all series: LightGBM, on the logarithm, as RMSLE requires.


def lightgbm_options():
    return {**panel["lightgbm"], "num_threads": threads, "seed": seed, "verbosity": -1, "deterministic": True}


def mlforecast_lightgbm(window):
    """One step ahead, fed with its own forecasts; learns from all series, also those that are not scored."""
    import lightgbm as lgb
    import pandas as pd
    from mlforecast import MLForecast
    from mlforecast.lag_transforms import RollingMean

    origin = origins[window]
    filled = days_of("filled.f64", "<f8", origin)
    promotion = read("promotion.u16", "<u2", len(series))
    families = {name: code for code, name in enumerate(sorted({one["family"] for one in series}))}

    def frame(first_day, last_day, keep=None):
        days = np.arange(first_day, last_day + 1)
        columns = {
            "unique_id": np.repeat(np.arange(len(series)), len(days)),
            "ds": np.tile(pd.Timestamp(panel["first_date"]) + pd.to_timedelta(days, unit="D"), len(series)),
            "promotion": promotion[:, days].ravel(),
        }
        return pd.DataFrame(columns) if keep is None else pd.DataFrame({**columns, "y": keep[:, days].ravel()})

    rows = frame(max(0, origin + 1 - panel["days_back"]), origin, np.log1p(filled)).dropna(subset=["y"])
    ids = rows["unique_id"].to_numpy()
    rows["store"] = np.array([one["store"] for one in series])[ids]
    rows["family"] = np.array([families[one["family"]] for one in series])[ids]
    model = MLForecast(
        models={"lightgbm": lgb.LGBMRegressor(n_estimators=panel["rounds"], **lightgbm_options())},
        freq="D",
        lags=[7, 14, 21, 28],
        lag_transforms={1: [RollingMean(7), RollingMean(28)], 7: [RollingMean(28)]},
        date_features=["dayofweek", "day", "month", "dayofyear"],
        num_threads=threads,
    )
    model.fit(rows, static_features=["store", "family"])
    future = frame(origin + 1, origin + horizon)
    forecasts = model.predict(horizon, X_df=future[future["unique_id"].isin(np.unique(ids))])
    units = np.full((len(series), horizon), np.nan)
    day = (forecasts["ds"] - pd.Timestamp(panel["first_date"])).dt.days.to_numpy() - origin - 1
    units[forecasts["unique_id"].to_numpy(), day] = np.expm1(forecasts["lightgbm"].to_numpy())
    return units[scored]


def direct_lightgbm(window):
    """Our own rows, the horizon among their columns; only the target is the plain logarithm of the units."""
    import lightgbm as lgb

    labels = read(f"labels-{window}.f32", "<f4", 1)[0]
    rows = read(f"rows-{window}.f32", "<f4", len(labels))
    targets = read(f"targets-{window}.f32", "<f4", len(scored) * horizon)
    matrix = lgb.Dataset(rows, labels, params={"verbosity": -1, "num_threads": threads})
    booster = lgb.train(lightgbm_options(), matrix, num_boost_round=panel["rounds"])
    return np.expm1(booster.predict(targets, num_threads=threads)).reshape(-1, horizon)


# By peer: the function that forecasts a window, and the module whose import is not part of a fit.
PEERS = {
    "seasonal_naive": (baseline(seasonal_naive), "numpy"),
    "same_weekday_mean_4": (baseline(same_weekday_mean_4), "numpy"),
    "auto_ets": (statistical(auto_ets), "statsforecast.models"),
    "ets_ana": (statistical(ets_ana), "statsforecast.models"),
    "auto_theta": (statistical(auto_theta), "statsforecast.models"),
    "croston_sba": (statistical(croston_sba), "statsforecast.models"),
    "tsb": (statistical(tsb), "statsforecast.models"),
    "mlforecast_lightgbm": (mlforecast_lightgbm, "mlforecast"),
    "direct_lightgbm": (direct_lightgbm, "lightgbm"),
}

SECONDS_BETWEEN_LINES = 15
# Time of the last progress line, and whether a series has failed.
talk = {"at": time.perf_counter(), "failed": False}


def say(line):
    print(line, file=sys.stderr, flush=True)
    talk["at"] = time.perf_counter()


def say_now_and_then(line):
    if time.perf_counter() - talk["at"] >= SECONDS_BETWEEN_LINES:
        say(line)


def say_first_failure(line):
    if not talk["failed"]:
        say(line)
    talk["failed"] = True


def main():
    forecast, module = PEERS[peer]
    importlib.import_module(module)
    talk["at"] = time.perf_counter()
    seconds, replaced = 0.0, 0
    for window in windows:
        started, clock = user_seconds(), time.perf_counter()
        rows = forecast(window)
        seconds += user_seconds() - started
        say(f"{peer}: window {window + 1} of {len(origins)} in {time.perf_counter() - clock:.1f} s")
        missing = ~np.isfinite(rows).all(axis=1)
        rows[missing] = seasonal_naive(days_of("known.f64", "<f8", origins[window])[scored][missing])
        replaced += int(missing.sum())
        rows.astype("<f8").tofile(os.path.join(directory, f"{peer}-{window}.f64"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    print(json.dumps({"cpu_seconds": seconds, "peak_mb": peak, "replaced": replaced}))


main()
