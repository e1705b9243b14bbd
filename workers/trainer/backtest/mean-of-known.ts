/** The mean of the values that are there; NaN where none is. A window without sales has no WAPE, for one. */
export function meanOfKnown(values: readonly (number | null | undefined)[]): number {
  const known = values.filter((value) => value !== null && value !== undefined);
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}
