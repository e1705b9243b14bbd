"""Forecasts of statsforecast (and statsmodels) for series made here, with the parameters and initial states used.

They are recorded in recorded-forecasts.golden.json, which recursions.test.ts reads:

    pip install statsforecast==2.1.1 statsmodels==0.15.0
    cd test/unit/shared/forecast/classical
    python recorded-forecasts.py > recorded-forecasts.golden.json
    npx biome format --write recorded-forecasts.golden.json
"""

import json

import numpy as np
from statsforecast.ets import ets_f, forecast_ets
from statsforecast.models import TSB, SimpleExponentialSmoothing
from statsmodels.tsa.holtwinters import Holt

DAYS = 90
HORIZON = 16


def random(seed):
    """Numbers in [0, 1) by a linear congruential generator (Numerical Recipes)."""
    while True:
        seed = (1664525 * seed + 1013904223) % 2**32
        yield seed / 2**32


def steady(seed):
    draw = random(seed)
    return [round(20 + 10 * next(draw), 3) for _ in range(DAYS)]


def growing(seed):
    draw = random(seed)
    return [round(10 + 0.3 * day + 6 * next(draw), 3) for day in range(DAYS)]


def intermittent(seed):
    """The first day has sales: from it statsforecast takes its initial states."""
    draw = random(seed)
    return [float(1 + int(5 * next(draw))) if day == 0 or next(draw) < 0.3 else 0.0 for day in range(DAYS)]


def smoothed(units, alpha):
    mean = SimpleExponentialSmoothing(alpha=alpha).forecast(np.array(units), HORIZON)["mean"]
    return {"units": units, "alpha": alpha, "mean": mean.tolist()}


def damped(units):
    """ETS with additive errors and a damped trend, without season, which estimates its parameters and initial states.

    Its forecasts beyond the next day add phi, phi, phi^2, ... up (corrected after 2.1.1 by pull request 1219), so that
    those are of statsmodels with the same parameters and states.
    """
    model = ets_f(np.array(units), m=1, model="AAN", damped=True)
    alpha, beta, _, phi, level, trend = model["par"].tolist()
    next_day = float(forecast_ets(model, 1)["mean"][0])
    holt = Holt(
        np.array(units),
        damped_trend=True,
        initialization_method="known",
        initial_level=level,
        initial_trend=trend,
    ).fit(smoothing_level=alpha, smoothing_trend=beta / alpha, damping_trend=phi, optimized=False)
    weights = {"alpha": alpha, "beta": beta, "phi": phi, "level": level, "trend": trend}
    return {"units": units, **weights, "next_day": next_day, "mean": holt.forecast(HORIZON).tolist()}


def tsb(units, alpha_d, alpha_p):
    mean = TSB(alpha_d=alpha_d, alpha_p=alpha_p).forecast(np.array(units), HORIZON)["mean"]
    return {"units": units, "alpha_size": alpha_d, "alpha_chance": alpha_p, "mean": mean.tolist()}


recorded = {
    "exponential_smoothing": [smoothed(make(1), alpha) for make in (steady, growing) for alpha in (0.05, 0.1, 0.4)],
    "damped_trend": [damped(make(seed)) for make in (steady, growing) for seed in (2, 3)],
    "tsb": [tsb(intermittent(seed), *alphas) for seed in (4, 5) for alphas in ((0.2, 0.1), (0.05, 0.05))],
}
print(json.dumps(recorded))
