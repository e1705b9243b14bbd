/** The first wait after a failure, however long the interval: what is missing is missed at once. */
const FIRST_RETRY = 3_000;
/** No wait after failures grows beyond this: a page left open recovers within about a minute. */
const LONGEST_RETRY = 60_000;

/**
 * How long to wait for the next attempt: the interval itself while all is well; after failures a few seconds, doubled
 * with every failure in a row, and spread by up to a fifth so that many open pages do not return all at once.
 *
 * @param interval Milliseconds between polls that succeed.
 * @param failures Failures in a row, 0 after a success.
 * @param spread A random number, 0 up to 1.
 */
export function nextDelay(interval: number, failures: number, spread: number): number {
  if (failures === 0) return interval;
  const doubled = Math.min(FIRST_RETRY * 2 ** (failures - 1), LONGEST_RETRY);
  return Math.round(doubled * (0.8 + 0.4 * spread));
}
