import { featureCount, groupCount, linearWeights } from './image';

/** gblinear: margin + bias + the products in feature order, each rounded; missing values are skipped. */
export function predictLinear(image: usize, rows: usize, n: i32, missing: f32, out: usize): void {
  const features = featureCount(image);
  const groups = groupCount(image);
  const weights = linearWeights(image);
  const bias = weights + (<usize>(features * groups) << 2);
  for (let i = 0; i < n; ++i) {
    const row = rows + (<usize>(i * features) << 2);
    for (let g = 0; g < groups; ++g) {
      const to = out + (<usize>(i * groups + g) << 2);
      let sum = load<f32>(bias + (<usize>g << 2)) + load<f32>(to);
      for (let f = 0; f < features; ++f) {
        const x = load<f32>(row + (<usize>f << 2));
        if (x != x || x == missing) continue;
        sum += x * load<f32>(weights + (<usize>(f * groups + g) << 2));
      }
      store<f32>(to, sum);
    }
  }
}
