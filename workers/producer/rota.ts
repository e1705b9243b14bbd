/** One turn of one series. */
export interface Visit {
  /** Index of the series. */
  readonly series: number;
  /** Slots of the day in which the series has its turns, ascending. */
  readonly slots: readonly number[];
  /** Which of `slots` this turn is. */
  readonly turn: number;
}

/**
 * The visits of one slot: round robin over all series, in an order that mixes the stores. Place `p` of the day belongs
 * to slot `floor(p / rowsPerSlot)` and to the series at place `p mod seriesCount` of the order.
 *
 * @param batchSize rows of a slot; raised where a day's places would not reach every series, lowered to the number
 *   of series, so that no series comes twice in a slot.
 */
export function visitsOfSlot(
  seriesCount: number,
  batchSize: number,
  slot: number,
  slotCount: number,
): readonly Visit[] {
  if (seriesCount === 0) return [];
  const rowsPerSlot = Math.min(seriesCount, Math.max(batchSize, Math.ceil(seriesCount / slotCount)));
  const places = rowsPerSlot * slotCount;
  const stride = mixingStride(seriesCount, rowsPerSlot);
  return Array.from({ length: rowsPerSlot }, (_, row) => {
    const place = slot * rowsPerSlot + row;
    const order = place % seriesCount;
    const slots: number[] = [];
    for (let p = order; p < places; p += seriesCount) slots.push(Math.floor(p / rowsPerSlot));
    return { series: (order * stride) % seriesCount, slots, turn: Math.floor(place / seriesCount) };
  });
}

/**
 * A step with which the rows of one slot go once around all series, and which reaches every series once because it
 * shares no divisor with their number. As series are sorted by store, every slot meets nearly every store.
 */
function mixingStride(count: number, rowsPerSlot: number): number {
  let stride = Math.max(1, Math.floor(count / rowsPerSlot));
  while (greatestCommonDivisor(stride, count) !== 1) stride++;
  return stride;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
