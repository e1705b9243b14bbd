/** Five-minute slots of a day. */
export const SLOTS_PER_DAY = 288;
const SLOTS_PER_HOUR = 12;

/**
 * Splits a day's total over its 288 slots along 24 hourly weights, evenly within an hour. Each slot gets the
 * difference of two rounded running totals, so that the slots add up to `total` exactly.
 *
 * @param total a whole number.
 * @param slots receives the shares on top of what it holds.
 */
export function addAlongCurve(total: number, curve: readonly number[], slots: Float64Array): void {
  const weight = curve.reduce((sum, share) => sum + share, 0);
  let passed = 0;
  let given = 0;
  for (let slot = 0; slot < SLOTS_PER_DAY; slot += 1) {
    passed += (curve[Math.floor(slot / SLOTS_PER_HOUR)] ?? 0) / SLOTS_PER_HOUR;
    const due = slot === SLOTS_PER_DAY - 1 ? total : Math.min(total, Math.round((total * passed) / weight));
    slots[slot] = (slots[slot] ?? 0) + due - given;
    given = due;
  }
}
