import type { Model } from '../api/model.ts';
import type { PredictOutput } from '../engine/predict-options.ts';

function quote(name: string): string {
  return /[",\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}

/** The header of a prediction's columns. */
function columnNames(model: Model, output: PredictOutput, width: number): string[] {
  if (output === 'contributions') {
    const features = Array.from({ length: model.featureCount }, (_, f) => model.featureNames[f] ?? `f${f}`);
    const own = [...features, 'bias'];
    if (model.groupCount === 1) return own;
    return Array.from({ length: model.groupCount }, (_, g) => own.map((name) => `${name}[${g}]`)).flat();
  }
  const stem = output === 'leaf' ? 'tree' : output;
  return width === 1 ? [stem] : Array.from({ length: width }, (_, i) => `${stem}[${i}]`);
}

/** The shortest decimal that parses to the same float32. */
function shortest(value: number): string {
  if (Object.is(value, -0)) return '-0';
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(value);
}

/** Predictions as CSV: a header, then a line for each row; numbers parse to the same float32. */
export function* writeCsv(
  model: Model,
  output: PredictOutput,
  result: Float32Array,
  n: number,
): Generator<string> {
  const width = n === 0 ? 1 : result.length / n;
  yield `${columnNames(model, output, width).map(quote).join(',')}\n`;
  for (let i = 0; i < n; i++) {
    yield `${Array.from(result.subarray(i * width, (i + 1) * width), shortest).join(',')}\n`;
  }
}
