/** A share as a percentage with one decimal; a dash where there is none. */
export function percent(share: number | null): string {
  return share !== null && Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : '-';
}

export function decimal(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits) : '-';
}

/** Units with a number of decimals by their size: 0.42, 8.3, 512. */
export function units(value: number): string {
  if (!Number.isFinite(value)) return '-';
  const magnitude = Math.abs(value);
  return value.toFixed(magnitude < 1 ? 3 : magnitude < 100 ? 1 : 0);
}

/** RMSLE and WAPE in one cell; a dash where there is no score. */
export function scoreText(
  score: { readonly rmsle: number; readonly wape: number | null } | undefined,
): string {
  return score ? `${decimal(score.rmsle, 4)} / ${percent(score.wape)}` : '-';
}

export function kilobytes(bytes: number): string {
  return `${Math.ceil(bytes / 1000)} kB`;
}

/** A figure of a report in JSON. */
export function fiveDecimals(value: number): number {
  return Math.round(value * 1e5) / 1e5;
}

/** The same; null for NaN, which JSON lacks. */
export function fiveDecimalsOrNull(value: number): number | null {
  return Number.isFinite(value) ? fiveDecimals(value) : null;
}
