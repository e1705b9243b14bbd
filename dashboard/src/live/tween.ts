/**
 * Between two numbers, fast at first and slow at the end (cubic ease-out).
 *
 * @param progress 0 gives `from`, 1 gives exactly `to`; outside that range it is held at the nearer end.
 */
export function tween(from: number, to: number, progress: number): number {
  if (progress >= 1) return to;
  const eased = 1 - (1 - Math.max(0, progress)) ** 3;
  return from + (to - from) * eased;
}
