import { sha256Hex } from '../sha256.ts';
import { createCovariates } from './covariates.ts';
import { createAnchorColumns, createFeatureBuilder, FEATURE_COUNT, FEATURES } from './feature-builder.ts';
import { GOLDEN_FAMILIES, GOLDEN_ORIGINS, GOLDEN_SERIES, GOLDEN_SOURCE } from './golden-history.ts';
import { HORIZON, HORIZONS } from './horizon.ts';
import { createCategories } from './static-features.ts';

/**
 * SHA-256 (hex) of the names, groups and kinds of the features in their order, the horizon, and every bit of the rows
 * and anchors that they produce on the golden history. A model fits code with the same fingerprint. Code compares
 * `FEATURE_FINGERPRINT`, which a test keeps equal to this.
 */
export async function computeFeatureFingerprint(): Promise<string> {
  const definitions = FEATURES.map(({ name, group, kind }) => [name, group, kind]);
  const parts: Uint8Array[] = [new TextEncoder().encode(JSON.stringify([HORIZON, definitions]))];
  const builder = createFeatureBuilder();
  const covariates = createCovariates(
    GOLDEN_SOURCE,
    Math.min(...GOLDEN_ORIGINS),
    Math.max(...GOLDEN_ORIGINS) + HORIZON,
    createCategories(GOLDEN_SOURCE.stores, GOLDEN_FAMILIES),
  );
  for (const { history, ...series } of GOLDEN_SERIES) {
    for (const origin of GOLDEN_ORIGINS) {
      const rows = new Float32Array(HORIZON * FEATURE_COUNT);
      const anchors = createAnchorColumns(HORIZON);
      builder.build(history, covariates.of(series), origin, HORIZONS, { rows, anchors });
      const isEstablished = Uint8Array.of(Number(builder.isEstablished(history, origin)));
      const anchorValues = Float32Array.from(anchors.values);
      parts.push(bytesOf(rows), bytesOf(anchorValues), anchors.weeks, isEstablished);
    }
  }
  return sha256Hex(joined(parts));
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * Largest difference of two equal values: engines differ in the last bit of a logarithm, as Node and workerd do, so
 * that such a difference is 0 in one and 2e-16 in the other.
 */
const RESIDUE = 1e-12;

/** The values as Float64, most significant byte first. */
function bytesOf(values: Float32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 8));
  values.forEach((value, i) => {
    // The bits of NaN may differ between engines.
    if (Number.isNaN(value)) view.setUint32(i * 8, 0x7ff80000);
    else view.setFloat64(i * 8, Math.abs(value) < RESIDUE ? 0 : value);
  });
  return new Uint8Array(view.buffer);
}
