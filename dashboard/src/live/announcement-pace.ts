/** Milliseconds between two announcements of the live total: often enough to follow, seldom enough to bear. */
export const ANNOUNCEMENT_PAUSE = 60_000;

/** Milliseconds to wait before the next announcement may be spoken, 0 when it may at once. */
export function timeUntilAnnouncement(lastSpokenAt: number, now: number): number {
  return Math.max(0, lastSpokenAt + ANNOUNCEMENT_PAUSE - now);
}
