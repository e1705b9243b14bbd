"""Models with thresholds and leaves that arithmetic fails on: infinite, NaN, denormal, of huge span, negative zeros.

XGBoost writes some of them itself; the others are made by altering what it wrote, as JSON, which XGBoost then loads,
writes again and predicts with. A case has `alter`, a function that changes the document's trees in place, or `first`,
the data and rounds of an earlier training that it continues.
"""

import numpy as np

from cases import case

FLOAT = np.finfo(np.float32)
TINY = float(np.float32(1e-45))


def shortest(value):
    """The number whose shortest decimal XGBoost reads back as this float32."""
    return float(str(np.float32(value)))


def _trees(document):
    booster = document["learner"]["gradient_booster"]
    return booster.get("gbtree", booster)["model"]["trees"]


def _splits(document):
    """Every numeric split: (tree, node, running number)."""
    number = 0
    for tree in _trees(document):
        categorical = set(tree["categories_nodes"])
        for node, left in enumerate(tree["left_children"]):
            if left != -1 and node not in categorical:
                yield tree, node, number
                number += 1


def _cycle(*thresholds):
    """Every second split gets the next of these thresholds; None leaves it as it is."""

    def alter(document):
        for tree, node, number in _splits(document):
            given = thresholds[number // 2 % len(thresholds)]
            if number % 2 == 0 and given is not None:
                tree["split_conditions"][node] = given

    return alter


def _alter_columns(change):
    """Every threshold of the first two columns."""

    def alter(document):
        for tree, node, _ in _splits(document):
            if tree["split_indices"][node] < 2:
                tree["split_conditions"][node] = shortest(change(tree["split_conditions"][node]))

    return alter


def _far_apart(threshold):
    """One threshold near the lower end of float32, the others so far above that their distance is beyond it."""
    return -3.3e38 if threshold < 0 else 1e38 * (1 + min(threshold, 2.0))


def _negative_zeros(document):
    """Thresholds of either zero, and leaves of -0: sums keep the sign as long as nothing else is added."""
    for tree, node, number in _splits(document):
        if number % 3 < 2:
            tree["split_conditions"][node] = [-0.0, 0.0][number % 3]
    for tree in _trees(document):
        leaves = [node for node, left in enumerate(tree["left_children"]) if left == -1]
        for node in leaves[::2]:
            tree["split_conditions"][node] = -0.0


INFINITE = _cycle(-np.inf, None, np.inf)
NAN = _cycle(np.nan, None)
MIXED = _cycle(-np.inf, np.nan, shortest(FLOAT.max), None, TINY, -0.0, np.inf, shortest(FLOAT.min), -TINY)


def odd_rows(p):
    """Puts values from the ends of float32 and around zero into a fifth of the cells; native refuses infinities."""
    r = np.random.RandomState(17)
    odd = np.array([FLOAT.max, FLOAT.min, 0.0, -0.0, TINY, -TINY, FLOAT.tiny, 1.5e38, 2.5e38, -2e38, np.nan], np.float32)
    return np.where(r.rand(*p.shape) < 0.2, r.choice(odd, p.shape), p).astype(np.float32)


def hostile(name, data, params, rounds=6, **extra):
    return case(name, data, params, rounds, odd_rows=True, **extra)


THRESHOLDS = [
    # The exact method puts the last threshold of a column twice as far out as its end: beyond float32 here.
    hostile("minus-infinity", "dense", {"tree_method": "exact"}, first=("minimum-column", 3)),
    hostile("minus-infinity-json", "dense", {"tree_method": "exact"}, first=("minimum-column", 3), format="json"),
    hostile("continued", "missing", {}, first=("huge-values", 3)),
    hostile("continued-exact", "dense", {"tree_method": "exact"}, first=("tiny-values", 4)),
    hostile("infinite-thresholds", "missing", {}, alter=INFINITE),
    hostile("nan-thresholds", "missing", {}, alter=NAN),
    hostile("nan-thresholds-json", "missing", {}, alter=NAN, format="json"),
    hostile("huge-span", "dense", {"max_depth": 6}, alter=_alter_columns(_far_apart)),
    hostile("denormal-thresholds", "dense", {}, alter=_alter_columns(lambda threshold: threshold * 1e-44)),
    hostile("negative-zeros", "unit", {"objective": "reg:logistic", "base_score": 0.5, "max_depth": 2}, 2,
            alter=_negative_zeros),
    hostile("mixed-depth-8", "missing", {"max_depth": 8}, 4, alter=MIXED),
    hostile("mixed-depth-14", "missing", {"max_depth": 14, "min_child_weight": 0, "lambda": 0}, 2, alter=MIXED),
    hostile("mixed-lossguide", "missing", {"grow_policy": "lossguide", "max_leaves": 24, "max_depth": 0}, 4, alter=MIXED),
    hostile("mixed-classes", "classes", {"objective": "multi:softprob", "num_class": 4}, 4, alter=MIXED),
    hostile("mixed-categories", "categories", {"max_cat_to_onehot": 1}, 4, alter=MIXED),
    hostile("mixed-dart", "missing", {"booster": "dart", "rate_drop": 0.4}, 6, alter=MIXED),
    hostile("mixed-vector-leaf", "targets", {"multi_strategy": "multi_output_tree"}, 4, alter=MIXED),
]
