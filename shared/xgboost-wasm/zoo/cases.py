"""The models of the zoo: what each one is trained on and with which parameters.

A case is a dict: name, data (a key of datasets.py), params, rounds, and optional dmatrix arguments.
Releases that do not know a parameter or an objective skip the case.
"""

TREE = {"max_depth": 4, "eta": 0.3, "seed": 7, "nthread": 1, "tree_method": "hist", "max_bin": 32}


def case(name, data, params, rounds=6, **extra):
    return {"name": name, "data": data, "params": {**TREE, **params}, "rounds": rounds, **extra}


OBJECTIVES = [
    case("squarederror", "dense", {"objective": "reg:squarederror"}),
    case("squaredlogerror", "positive", {"objective": "reg:squaredlogerror"}),
    case("pseudohuber", "dense", {"objective": "reg:pseudohubererror"}),
    case("absoluteerror", "dense", {"objective": "reg:absoluteerror"}),
    case("reg-logistic", "unit", {"objective": "reg:logistic"}),
    case("binary-logistic", "binary", {"objective": "binary:logistic"}),
    case("binary-logistic-base", "binary", {"objective": "binary:logistic", "base_score": 0.3}),
    case("binary-logitraw", "binary", {"objective": "binary:logitraw"}),
    case("binary-hinge", "binary", {"objective": "binary:hinge"}),
    case("poisson", "counts", {"objective": "count:poisson"}),
    case("poisson-base", "counts", {"objective": "count:poisson", "base_score": 2.5}),
    case("gamma", "positive", {"objective": "reg:gamma"}),
    case("tweedie", "counts", {"objective": "reg:tweedie", "tweedie_variance_power": 1.4}),
    case("cox", "survival", {"objective": "survival:cox"}),
    case("aft-normal", "interval", {"objective": "survival:aft", "aft_loss_distribution": "normal"}),
    case("aft-extreme", "interval", {"objective": "survival:aft", "aft_loss_distribution": "extreme"}),
    case("softprob", "classes", {"objective": "multi:softprob", "num_class": 4}),
    case("softmax", "classes", {"objective": "multi:softmax", "num_class": 4}),
    case("softprob-base", "classes", {"objective": "multi:softprob", "num_class": 4, "base_score": 0.7}),
    case("rank-pairwise", "ranking", {"objective": "rank:pairwise"}),
    case("rank-ndcg", "ranking", {"objective": "rank:ndcg"}),
    case("rank-map", "ranking-binary", {"objective": "rank:map"}),
    case("quantile-one", "dense", {"objective": "reg:quantileerror", "quantile_alpha": 0.3}),
    case("quantile-three", "dense", {"objective": "reg:quantileerror", "quantile_alpha": [0.1, 0.5, 0.9]}),
    case("quantile-crossing", "dense", {"objective": "reg:quantileerror", "quantile_alpha": [0.4, 0.5, 0.6], "eta": 1.0}),
    case("expectile", "dense", {"objective": "reg:expectileerror", "expectile_alpha": [0.2, 0.8]}),
]

SHAPES = [
    case("stumps", "dense", {"max_depth": 1}, 12),
    case("one-node", "dense", {"gamma": 1e9}, 4),
    case("one-round", "dense", {}, 1),
    case("depth-2", "dense", {"max_depth": 2}, 9),
    case("depth-6", "missing", {"max_depth": 6}, 5),
    case("depth-8", "missing", {"max_depth": 8}, 3),
    case("depth-10", "missing", {"max_depth": 10, "min_child_weight": 0}, 2),
    case("depth-14", "missing", {"max_depth": 14, "min_child_weight": 0, "lambda": 0}, 2),
    case("lossguide", "missing", {"grow_policy": "lossguide", "max_leaves": 24, "max_depth": 0}, 4),
    case("lossguide-chain", "chain", {"grow_policy": "lossguide", "max_leaves": 40, "max_depth": 0, "lambda": 0}, 2),
    case("exact", "missing", {"tree_method": "exact"}),
    case("approx", "missing", {"tree_method": "approx"}),
    case("random-forest", "dense", {"num_parallel_tree": 4, "subsample": 0.7, "colsample_bynode": 0.7}, 2),
    case("random-forest-classes", "classes",
         {"num_parallel_tree": 3, "subsample": 0.7, "objective": "multi:softprob", "num_class": 4}, 2),
    case("pruned", "missing", {"gamma": 0.6, "max_depth": 6, "tree_method": "exact"}),
    case("monotone", "dense", {"monotone_constraints": "(1,-1,0,0,0,0)"}),
    case("base-score", "dense", {"base_score": 3.25}),
    case("missing-half", "half-missing", {"max_depth": 5}),
    case("missing-sentinel", "sentinel", {}, missing=-999.0),
    case("wide", "wide", {"max_depth": 5}),
    case("one-feature", "one-feature", {"max_depth": 6}),
    case("constant-feature", "constant-feature", {}),
    case("huge-values", "huge-values", {}),
    case("tiny-values", "tiny-values", {"tree_method": "exact"}),
    case("integers", "integers", {}),
    case("names", "named", {}),
    case("json", "missing", {}, format="json"),
    case("json-classes", "classes", {"objective": "multi:softprob", "num_class": 4}, format="json"),
]

BOOSTERS = [
    case("dart", "missing", {"booster": "dart", "rate_drop": 0.4}, 8),
    case("dart-forest", "dense", {"booster": "dart", "rate_drop": 0.4, "normalize_type": "forest"}, 8),
    case("dart-classes", "classes",
         {"booster": "dart", "rate_drop": 0.4, "objective": "multi:softprob", "num_class": 4}, 5),
    case("dart-json", "dense", {"booster": "dart", "rate_drop": 0.4}, 6, format="json"),
    case("linear", "dense", {"booster": "gblinear"}),
    case("linear-missing", "missing", {"booster": "gblinear"}),
    case("linear-logistic", "binary", {"booster": "gblinear", "objective": "binary:logistic"}),
    case("linear-classes", "classes", {"booster": "gblinear", "objective": "multi:softprob", "num_class": 4}),
    case("linear-json", "dense", {"booster": "gblinear"}, format="json"),
]

TARGETS = [
    case("targets", "targets", {}),
    case("targets-logistic", "labels", {"objective": "binary:logistic"}),
    case("targets-forest", "targets", {"num_parallel_tree": 2, "subsample": 0.7}, 3),
    case("vector-leaf", "targets", {"multi_strategy": "multi_output_tree"}),
    case("vector-leaf-logistic", "labels", {"multi_strategy": "multi_output_tree", "objective": "binary:logistic"}),
    case("vector-leaf-classes", "classes",
         {"multi_strategy": "multi_output_tree", "objective": "multi:softprob", "num_class": 4}),
    case("vector-leaf-json", "targets", {"multi_strategy": "multi_output_tree"}, format="json"),
]

CATEGORIES = [
    case("onehot", "categories", {"max_cat_to_onehot": 100}),
    case("partition", "categories", {"max_cat_to_onehot": 1}),
    case("partition-deep", "categories", {"max_cat_to_onehot": 1, "max_depth": 7, "min_child_weight": 0}, 3),
    case("partition-approx", "categories", {"max_cat_to_onehot": 1, "tree_method": "approx"}),
    case("partition-wide", "many-categories", {"max_cat_to_onehot": 1}, 4),
    case("partition-lossguide", "categories",
         {"max_cat_to_onehot": 1, "grow_policy": "lossguide", "max_leaves": 40, "max_depth": 0, "min_child_weight": 0}, 3),
    case("partition-json", "categories", {"max_cat_to_onehot": 1}, format="json"),
    case("partition-classes", "category-classes",
         {"max_cat_to_onehot": 1, "objective": "multi:softprob", "num_class": 3}, 4),
]

CASES = OBJECTIVES + SHAPES + BOOSTERS + TARGETS + CATEGORIES
