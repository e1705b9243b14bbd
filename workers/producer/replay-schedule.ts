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

/** The store's hourly weight in a slot of the day; 0 where it has no curve. */
function weightOfSlot(curve: readonly number[] | undefined, slot: number, slotCount: number): number {
  return curve?.[Math.floor((slot * 24) / slotCount)] ?? 0;
}

/**
 * The parts of a day that some slots have had before and after one of them, by the curve's weight in each; equal
 * parts where the curve has no weight in any.
 *
 * @param slots ascending.
 * @param turn the slot in question, as an index into `slots`.
 * @returns shares in 0..1; the first turn starts at exactly 0, the last ends at exactly 1.
 */
export function shareOfTurn(
  curve: readonly number[] | undefined,
  slots: readonly number[],
  turn: number,
  slotCount: number,
): { readonly before: number; readonly after: number } {
  let before = 0;
  let after = 0;
  let total = 0;
  slots.forEach((slot, index) => {
    if (index === turn) before = total;
    total += weightOfSlot(curve, slot, slotCount);
    if (index === turn) after = total;
  });
  if (total === 0) return { before: turn / slots.length, after: (turn + 1) / slots.length };
  return { before: before / total, after: after / total };
}

/** The part of a day that is over once `slot` slots are, by the curve; exactly 0 at its start and 1 at its end. */
export function shareUntilSlot(
  curve: readonly number[] | undefined,
  slot: number,
  slotCount: number,
): number {
  let passed = 0;
  let total = 0;
  for (let hour = 0; hour < 24; hour++) {
    const first = Math.ceil((hour * slotCount) / 24);
    const slots = Math.ceil(((hour + 1) * slotCount) / 24) - first;
    const weight = curve?.[hour] ?? 0;
    passed += weight * Math.min(Math.max(slot - first, 0), slots);
    total += weight * slots;
  }
  return total === 0 ? slot / slotCount : passed / total;
}
