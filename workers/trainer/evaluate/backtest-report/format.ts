/** Share as percentage with one decimal; a dash where there is none. */
export function percent(share: number | null): string {
  return share !== null && Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : '-';
}

export function decimal(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits) : '-';
}

/** Units with as many decimals as they are worth: 0.42, 8.3, 512. */
export function units(value: number): string {
  if (!Number.isFinite(value)) return '-';
  const magnitude = Math.abs(value);
  return value.toFixed(magnitude < 1 ? 3 : magnitude < 100 ? 1 : 0);
}
