/** How series are told apart by what they sell: small series are relatively noisier than large ones. */
export interface VolumeClassOptions {
  /** Most classes that are told apart. */
  readonly maxClasses: number;
  /** Fewest residuals in one class. */
  readonly minPerClass: number;
}

/**
 * Upper bounds of classes with about as many residuals each.
 *
 * @param levels the `volumeLevel` behind each residual
 */
export function volumeClassBounds(levels: Float64Array, options: VolumeClassOptions): number[] {
  const sorted = levels.slice().sort();
  const wanted = Math.floor(sorted.length / options.minPerClass);
  const classes = Math.max(1, Math.min(options.maxClasses, wanted));
  const bounds = new Set<number>();
  for (let i = 1; i < classes; i++) bounds.add(sorted[Math.floor((i * sorted.length) / classes)] as number);
  // A bound at the least level would leave the class below it empty.
  bounds.delete(sorted[0] as number);
  return [...bounds].sort((a, b) => a - b);
}

/** Index of the first class whose bound is above `level`. */
export function volumeClassOf(bounds: readonly number[], level: number): number {
  let volumeClass = 0;
  while (volumeClass < bounds.length && !(level < (bounds[volumeClass] as number))) volumeClass++;
  return volumeClass;
}
