/**
 * What a margin says: the forecast of log1p(units), never below 0. The anchor and the margin give the units of a day that
 * is promoted as the days that the anchor averages; the lift multiplies them by what the plan makes of it.
 *
 * @param lift `promotionLift`; 0 for a model that has not learned what promotions are worth
 */
export function logForecast(anchor: number, margin: number, lift: number): number {
  const usual = Math.max(0, anchor + margin);
  return lift === 0 ? usual : Math.log1p(Math.expm1(usual) * Math.exp(lift));
}

/** The margin that would have been right: the label that a model learns for a day that sold so many units. */
export function rightMargin(anchor: number, units: number, lift: number): number {
  return Math.log1p(units * Math.exp(-lift)) - anchor;
}
