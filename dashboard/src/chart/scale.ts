/** Maps a number of the domain to a pixel, linearly; `invert` maps it back. */
export interface Scale {
  (value: number): number;
  readonly domain: readonly [number, number];
  readonly range: readonly [number, number];
  invert(pixel: number): number;
}

export function linearScale(domain: readonly [number, number], range: readonly [number, number]): Scale {
  // A domain without width (one day, one value) maps to the start of the range instead of dividing by zero.
  const width = domain[1] - domain[0] || 1;
  const length = range[1] - range[0];
  const scale = (value: number) => range[0] + ((value - domain[0]) / width) * length;
  const invert = (pixel: number) =>
    length === 0 ? domain[0] : domain[0] + ((pixel - range[0]) / length) * width;
  return Object.assign(scale, { domain, range, invert });
}

/**
 * Round numbers from 0 up to at least `largest`, about `count` steps of 1, 2, 2.5 or 5 times a power of ten.
 *
 * @returns at least `[0, 1]`; the last one is the top of the axis.
 */
export function niceTicks(largest: number, count: number): number[] {
  const top = Number.isFinite(largest) && largest > 0 ? largest : 1;
  const rough = top / Math.max(1, count);
  const power = 10 ** Math.floor(Math.log10(rough));
  // Quarter steps would show as 0.25 where things are counted by ones and tens.
  const factors = power >= 10 ? [1, 2, 2.5, 5, 10] : [1, 2, 5, 10];
  const factor = factors.find((candidate) => candidate * power >= rough * (1 - 1e-9)) ?? 10;
  const step = factor * power;
  const steps = Math.max(1, Math.ceil(top / step - 1e-9));
  // Multiplied, not summed up: sums of 0.1 drift.
  return Array.from({ length: steps + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}
