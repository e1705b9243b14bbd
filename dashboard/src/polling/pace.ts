/** Milliseconds between polls: right after something moved, and when nothing has moved for long. */
const FASTEST = 3_000;
const SLOWEST = 20_000;

/**
 * How soon to look again for sales that come in steps: a tenth of the time since the last step, within bounds. An
 * accelerated replay is followed closely, and a page that is open all day costs few requests.
 *
 * @param unmovedFor Milliseconds since the last step.
 */
export function paceOf(unmovedFor: number): number {
  return Math.min(SLOWEST, Math.max(FASTEST, Math.round(unmovedFor / 10)));
}
