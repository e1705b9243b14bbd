// The output transforms of XGBoost's objectives, operation by operation in float32. The codes are those of
// src/objectives/objectives.ts.

@inline
function sigmoid(x: f32): f32 {
  return <f32>1.0 / (Mathf.exp(min<f32>(-x, 88.7)) + <f32>1.0 + <f32>1e-16);
}

function softmax(row: usize, groups: i32): void {
  const end = row + (<usize>groups << 2);
  let top = load<f32>(row);
  for (let at = row + 4; at < end; at += 4) top = load<f32>(at) > top ? load<f32>(at) : top;
  let sum: f64 = 0;
  for (let at = row; at < end; at += 4) {
    const e = Mathf.exp(load<f32>(at) - top);
    store<f32>(at, e);
    sum += e;
  }
  const total = <f32>sum;
  for (let at = row; at < end; at += 4) store<f32>(at, load<f32>(at) / total);
}

/** Index of the first maximum. */
function classOfMaximum(row: usize, groups: i32): f32 {
  let best = 0;
  for (let g = 1; g < groups; ++g) {
    if (load<f32>(row + (<usize>g << 2)) > load<f32>(row + (<usize>best << 2))) best = g;
  }
  return <f32>best;
}

function sortRow(row: usize, groups: i32): void {
  for (let i = 1; i < groups; ++i) {
    const value = load<f32>(row + (<usize>i << 2));
    let j = i;
    for (; j > 0 && load<f32>(row + (<usize>(j - 1) << 2)) > value; --j) {
      store<f32>(row + (<usize>j << 2), load<f32>(row + (<usize>(j - 1) << 2)));
    }
    store<f32>(row + (<usize>j << 2), value);
  }
}

/** Several expectiles are the lowest one and softplus gaps of at least 1e-6. */
function addGaps(row: usize, groups: i32): void {
  let value = load<f32>(row);
  for (let g = 1; g < groups; ++g) {
    const at = row + (<usize>g << 2);
    const x = load<f32>(at);
    const soft = max<f32>(x, 0) + Mathf.log1p(Mathf.exp(-abs<f32>(x)));
    value += soft + <f32>1e-6;
    store<f32>(at, value);
  }
}

/** Turns n x groups margins into values in place; code 4 leaves one class a row at the front. */
export function transform(code: i32, values: usize, n: i32, groups: i32): void {
  const end = values + (<usize>(n * groups) << 2);
  const stride = <usize>groups << 2;
  if (code == 1) {
    for (let at = values; at < end; at += 4) store<f32>(at, sigmoid(load<f32>(at)));
  } else if (code == 2) {
    for (let at = values; at < end; at += 4) store<f32>(at, Mathf.exp(load<f32>(at)));
  } else if (code == 3) {
    for (let at = values; at < end; at += stride) softmax(at, groups);
  } else if (code == 4) {
    let to = values;
    for (let at = values; at < end; at += stride, to += 4) store<f32>(to, classOfMaximum(at, groups));
  } else if (code == 5) {
    for (let at = values; at < end; at += 4) store<f32>(at, load<f32>(at) > 0 ? <f32>1 : <f32>0);
  } else if (code == 6) {
    for (let at = values; at < end; at += stride) sortRow(at, groups);
  } else if (code == 7) {
    for (let at = values; at < end; at += stride) addGaps(at, groups);
  }
}

export function logf(x: f32): f32 {
  return Mathf.log(x);
}
