const DAYS_PER_WEEK = 7;

/**
 * Units by day for peers, whose models need one value a day. A series begins on its first known day; earlier days are
 * NaN. A later unknown day is filled with the same weekday of the week before, which may itself be filled; in the first
 * week with the day before. Only earlier days are used, so a peer learns nothing about the days after an origin.
 *
 * @param milliUnits units x 1000, negative where unknown
 */
export function fillUnknownDays(milliUnits: Int32Array): Float64Array {
  const filled = new Float64Array(milliUnits.length).fill(Number.NaN);
  const first = milliUnits.findIndex((units) => units >= 0);
  if (first < 0) return filled;
  for (let day = first; day < milliUnits.length; day++) {
    const known = milliUnits[day] ?? -1;
    const source = day - DAYS_PER_WEEK >= first ? day - DAYS_PER_WEEK : day - 1;
    filled[day] = known >= 0 ? known / 1000 : (filled[source] ?? Number.NaN);
  }
  return filled;
}

/** Units by day, NaN where unknown. */
export function knownUnits(milliUnits: Int32Array): Float64Array {
  return Float64Array.from(milliUnits, (units) => (units >= 0 ? units / 1000 : Number.NaN));
}
