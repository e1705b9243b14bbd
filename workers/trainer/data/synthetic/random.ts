/** Labels that identify a stream of random numbers, in addition to the seed. */
export type StreamLabel = number | string;

const UNIT = 2 ** -32;
/** From this mean on, a Poisson count is drawn as a rounded normal: its skewness is below 0.2 there. */
const POISSON_NORMAL_FROM = 30;

/** Mixes a seed and labels into 32 bits: FNV-1a over the text, then the finalizer of MurmurHash3. */
function hashLabels(seed: number, labels: readonly StreamLabel[]): number {
  let hash = 0x811c9dc5 ^ seed;
  for (const character of labels.join('\u0000')) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * A stream of random numbers by name: the same seed and labels always give the same numbers, so a series does not
 * change when stores or families are added. Generator: sfc32 (Doty-Humphrey, PractRand).
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;
  #spareNormal = Number.NaN;

  constructor(seed: number, ...labels: StreamLabel[]) {
    this.#a = hashLabels(seed, ['a', ...labels]) | 0;
    this.#b = hashLabels(seed, ['b', ...labels]) | 0;
    this.#c = hashLabels(seed, ['c', ...labels]) | 0;
    for (let round = 0; round < 12; round += 1) this.uniform();
  }

  /** Uniform on [0, 1). */
  uniform(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return (sum >>> 0) * UNIT;
  }

  /** Standard normal, by Marsaglia's polar method. */
  normal(): number {
    if (!Number.isNaN(this.#spareNormal)) {
      const spare = this.#spareNormal;
      this.#spareNormal = Number.NaN;
      return spare;
    }
    let x: number;
    let y: number;
    let square: number;
    do {
      x = 2 * this.uniform() - 1;
      y = 2 * this.uniform() - 1;
      square = x * x + y * y;
    } while (square >= 1 || square === 0);
    const scale = Math.sqrt((-2 * Math.log(square)) / square);
    this.#spareNormal = y * scale;
    return x * scale;
  }

  /** Gamma with mean 1 and the given squared coefficient of variation, by Marsaglia and Tsang (2000). */
  gammaOfMeanOne(variance: number): number {
    if (variance <= 0) return 1;
    const shape = 1 / variance;
    const lifted = shape < 1 ? shape + 1 : shape;
    const boost = shape < 1 ? (1 - this.uniform()) ** (1 / shape) : 1;
    const d = lifted - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const normal = this.normal();
      const root = 1 + c * normal;
      if (root <= 0) continue;
      const cube = root * root * root;
      const uniform = 1 - this.uniform();
      if (Math.log(uniform) < 0.5 * normal * normal + d - d * cube + d * Math.log(cube)) {
        return (boost * d * cube) / shape;
      }
    }
  }

  poisson(mean: number): number {
    if (mean <= 0) return 0;
    if (mean >= POISSON_NORMAL_FROM) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.normal()));
    const limit = Math.exp(-mean);
    let count = 0;
    for (let product = this.uniform(); product > limit; product *= this.uniform()) count += 1;
    return count;
  }
}
