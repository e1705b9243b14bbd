"""Small deterministic data sets: name -> (training rows, label arguments, rows to predict, feature types, names)."""

import numpy as np


def _base(rows, columns, seed):
    return np.random.RandomState(seed).normal(size=(rows, columns)).astype(np.float32)


def _signal(x):
    return (2 * x[:, 0] - x[:, 1] * np.sign(x[:, 2 % x.shape[1]]) + 0.5 * np.sin(3 * x[:, 3 % x.shape[1]])).astype(np.float32)


def _punch(x, share, seed):
    x = x.copy()
    x[np.random.RandomState(seed).rand(*x.shape) < share] = np.nan
    return x


def _categories(rows, cardinality, seed):
    r = np.random.RandomState(seed)
    x = _base(rows, 5, seed)
    x[:, 0] = r.randint(0, cardinality, rows)
    x[:, 3] = r.randint(0, 7, rows)
    effect = np.random.RandomState(99).normal(size=cardinality)
    y = effect[x[:, 0].astype(int)] + np.where(x[:, 3] % 2 == 0, x[:, 1], -x[:, 2])
    return _punch(x, 0.03, seed), y.astype(np.float32)


def _odd_categories(x, cardinality):
    """Rows to predict get values that are no category of the training data."""
    x = x.copy()
    odd = [-1.0, cardinality + 5.0, 1e9, 16777216.0, 2.5, -0.0, 0.9999, 40000.0]
    for i, value in enumerate(odd):
        x[i, 0] = value
    return x


def make(name, rows, predict_rows, seed=1):
    x = _base(rows, 6, seed)
    p = _base(predict_rows, 6, seed + 1)
    r = np.random.RandomState(seed + 2)
    y = _signal(x)
    types = names = None
    extra = {}
    if name == "missing":
        x, p = _punch(x, 0.05, 3), _punch(p, 0.05, 4)
    elif name == "half-missing":
        x, p = _punch(x, 0.5, 3), _punch(p, 0.5, 4)
    elif name == "sentinel":
        x, p = np.nan_to_num(_punch(x, 0.1, 3), nan=-999.0), np.nan_to_num(_punch(p, 0.1, 4), nan=-999.0)
    elif name == "positive":
        y = np.exp(0.4 * y).astype(np.float32)
    elif name == "unit":
        y = (1 / (1 + np.exp(-y))).astype(np.float32)
    elif name == "binary":
        y = (y + r.normal(size=rows) > 0).astype(np.float32)
    elif name == "counts":
        y = r.poisson(np.exp(0.4 * y)).astype(np.float32)
    elif name == "survival":
        y = (np.exp(0.4 * y) * np.where(r.rand(rows) < 0.3, -1, 1)).astype(np.float32)
    elif name == "interval":
        low = np.exp(0.4 * y).astype(np.float32)
        high = np.where(r.rand(rows) < 0.3, np.inf, low).astype(np.float32)
        extra = {"label_lower_bound": low, "label_upper_bound": high}
        y = low
    elif name == "classes":
        y = np.clip(np.floor(y + 2), 0, 3).astype(np.float32)
    elif name in ("ranking", "ranking-binary"):
        y = np.clip(np.floor(y / 2 + 1), 0, 1 if name.endswith("binary") else 3).astype(np.float32)
        extra = {"group": [rows // 5] * 5}
    elif name == "chain":
        x = np.sort(np.abs(x), axis=0).astype(np.float32)
        y = np.exp(3 * x[:, 0]).astype(np.float32)
    elif name == "wide":
        x, p = _base(rows, 60, seed), _base(predict_rows, 60, seed + 1)
        y = (_signal(x) + x[:, 40] * x[:, 50]).astype(np.float32)
    elif name == "one-feature":
        x, p = x[:, :1].copy(), p[:, :1].copy()
        y = np.sin(3 * x[:, 0]).astype(np.float32)
    elif name == "constant-feature":
        x[:, 2] = 1
        p[:, 2] = 1
    elif name == "huge-values":
        x, p = x * np.float32(1e37), p * np.float32(1e37)
    elif name == "tiny-values":
        x, p = x * np.float32(1e-40), p * np.float32(1e-40)
    elif name == "minimum-column":
        # What a column that is filled only later may hold at first: the lowest float32, or nothing.
        x[:, 1] = np.where(x[:, 3] > 0, np.finfo(np.float32).min, np.nan)
        y = (y + np.where(x[:, 3] > 0, 3, 0)).astype(np.float32)
    elif name == "integers":
        x, p = np.round(x * 3), np.round(p * 3)
    elif name == "named":
        names = ["store_nbr", "family", "onpromotion", "oil price", "weiß", 'quote"d']
        types = ["float", "float", "float", "q", "q", "int"]
    elif name == "targets":
        y = np.stack([y, -y + x[:, 4], np.abs(x[:, 5])], axis=1).astype(np.float32)
    elif name == "labels":
        y = (np.stack([y, -y + x[:, 4], x[:, 5]], axis=1) > 0).astype(np.float32)
    elif name in ("categories", "many-categories", "category-classes"):
        cardinality = 300 if name == "many-categories" else 20
        x, y = _categories(rows, cardinality, seed)
        p = _odd_categories(_categories(predict_rows, cardinality, seed + 1)[0], cardinality)
        types = ["c", "q", "q", "c", "q"]
        if name == "category-classes":
            y = np.clip(np.floor(y + 1), 0, 2).astype(np.float32)
    elif name != "dense":
        raise ValueError(name)
    return x.astype(np.float32), {"label": y, **extra}, p.astype(np.float32), types, names
