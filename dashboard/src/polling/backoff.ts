/** No wait grows beyond this, in milliseconds: a page left open recovers within a minute or so. */
export const LONGEST_DELAY = 60_000;

/**
 * How long to wait for the next attempt: the interval itself while all is well, doubled with every failure in a row,
 * and spread by up to a fifth so that many open pages do not return all at once.
 *
 * @param interval Milliseconds between polls that succeed.
 * @param failures Failures in a row, 0 after a success.
 * @param spread A random number, 0 up to 1.
 */
export function nextDelay(interval: number, failures: number, spread: number): number {
  if (failures === 0) return interval;
  const doubled = Math.min(interval * 2 ** failures, Math.max(LONGEST_DELAY, interval));
  return Math.round(doubled * (0.8 + 0.4 * spread));
}
