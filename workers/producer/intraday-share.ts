/** The store's hourly weight in a slot of the day; 0 where it has no curve. */
export function weightOfSlot(curve: readonly number[] | undefined, slot: number, slotCount: number): number {
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
