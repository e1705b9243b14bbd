const single = new Float32Array(1);
const singleBits = new Uint32Array(single.buffer);

/** The float32 next to `value`, towards +infinity (`up`) or -infinity. */
function neighbour(value: number, up: boolean): number {
  single[0] = value;
  const bits = singleBits[0] ?? 0;
  if (value === 0) singleBits[0] = up ? 1 : 0x8000_0001;
  else singleBits[0] = value > 0 === up ? bits + 1 : bits - 1;
  return single[0];
}

/** The exact value of a finite double as `numerator / 2^shift`. */
function exactDouble(value: number): { numerator: bigint; shift: bigint } {
  let scaled = value;
  let shift = 0n;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    shift += 1n;
  }
  return { numerator: BigInt(scaled), shift };
}

/** The sign of `decimal(text) - value`, by integer arithmetic. */
function compareExactly(text: string, value: number): number {
  const match = /^(-?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (match === null) return 0;
  const fraction = match[3] ?? '';
  const exponent = Number(match[4] ?? '0') - fraction.length;
  if (Math.abs(exponent) > 2000 || text.length > 2000) return 0;
  const digits = BigInt(`${match[2]}${fraction}`) * (match[1] === '-' ? -1n : 1n);
  const { numerator, shift } = exactDouble(value);
  const left = digits * (exponent > 0 ? 10n ** BigInt(exponent) : 1n) * 2n ** shift;
  const right = numerator * (exponent < 0 ? 10n ** BigInt(-exponent) : 1n);
  return left < right ? -1 : left > right ? 1 : 0;
}

/**
 * Reads a decimal so that `Math.fround` of the result is the correctly rounded float32 of the text.
 *
 * Going through a double rounds twice, which is wrong when the double lies exactly halfway between two
 * floats and the text does not (`7.038531E-26`). Such a text yields the right float32 itself; every other
 * text yields its ordinary double, so integers and float64 fields keep their value.
 */
export function parseDecimal(text: string): number {
  const value = Number(text);
  const rounded = Math.fround(value);
  if (rounded === value || !Number.isFinite(value) || !Number.isFinite(rounded)) return value;
  const other = neighbour(rounded, value > rounded);
  if (Math.abs(value - rounded) !== Math.abs(other - value)) return value;
  const sign = compareExactly(text, value);
  if (sign === 0) return value;
  return sign > 0 === other > rounded ? other : rounded;
}
