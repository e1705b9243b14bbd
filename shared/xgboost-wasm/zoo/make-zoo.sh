#!/usr/bin/env bash
# Makes the golden files of every release, each in its own virtual environment below $1 (default: .cache/xgboost-wasm).
# Releases before 1.6 need Python 3.11 or older. CI makes a larger zoo of the current release only: current-zoo.ts.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
venvs="${1:-$here/../../../.cache/xgboost-wasm}"
python="${PYTHON:-python3}"

environment() { # name packages...
  local name="$1"
  shift
  [ -x "$venvs/$name/bin/python" ] && return
  "$python" -m venv "$venvs/$name"
  "$venvs/$name/bin/pip" install -q "$@"
}
make() { # name out options...
  local name="$1" out="$2"
  shift 2
  PYTHONPATH="$venvs/$name/newest" "$venvs/$name/bin/python" "$here/make_zoo.py" "$out" "$@"
}

environment current xgboost-cpu numpy scipy
# The newest release may require a newer Python; its wheel runs on 3.11 too, so it is unpacked separately.
newest="$venvs/current/newest"
if [ ! -d "$newest" ] && ! "$venvs/current/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 12))'; then
  "$venvs/current/bin/pip" download -q --python-version 3.12 --only-binary=:all: --no-deps -d "$venvs" xgboost-cpu
  "$venvs/current/bin/python" -m zipfile -e "$venvs"/xgboost_cpu-*.whl "$newest"
fi
current_release="$(PYTHONPATH="$newest" "$venvs/current/bin/python" -c 'import xgboost; print(xgboost.__version__)')"
golden="$here/golden"
make current "$golden/xgboost-$current_release.json.gz"
make current "$golden/thresholds-$current_release.json.gz" --set thresholds
make current "$golden/workerd.json" --rows 260 --train-rows 120 \
  --cases binary-logistic,depth-8,depth-10,partition,dart,lossguide

environment 1.7.6 --no-deps xgboost==1.7.6
"$venvs/1.7.6/bin/pip" install -q 'numpy<2' 'scipy<1.13'
make 1.7.6 "$golden/xgboost-1.7.6.json.gz"
make 1.7.6 "$golden/thresholds-1.7.6.json.gz" --set thresholds
for release in 2.1.4 3.0.5; do
  environment "$release" "xgboost-cpu==$release" numpy scipy
  make "$release" "$golden/xgboost-$release.json.gz"
  make "$release" "$golden/thresholds-$release.json.gz" --set thresholds
done
environment 3.2.0 xgboost-cpu==3.2.0 numpy scipy
make 3.2.0 "$golden/xgboost-3.2.0.json.gz" --cases dart,dart-classes,linear,linear-classes,targets,targets-logistic,\
vector-leaf,vector-leaf-classes,vector-leaf-logistic,vector-leaf-json,binary-logistic,binary-logistic-base,softprob,\
poisson,partition,onehot,quantile-three,quantile-crossing,depth-6,lossguide,base-score,aft-normal

# The first JSON releases read their own decimals wrongly and rounded dart sums differently; the reference is what the
# current release computes from their files.
for release in 1.0.2 1.3.3 1.5.2; do
  environment "$release" --no-deps "xgboost==$release"
  "$venvs/$release/bin/pip" install -q 'numpy<1.24' 'scipy<1.11'
  make "$release" "$venvs/$release.json.gz" --rows 32 --cases squarederror,binary-logistic-base,poisson,softprob,\
depth-6,lossguide,exact,random-forest-classes,dart,linear-classes,names,json,pruned,missing-sentinel
  make current "$golden/xgboost-$release.json.gz" --models "$venvs/$release.json.gz" --rows 32
done
