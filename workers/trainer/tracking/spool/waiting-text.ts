const HOUR_MS = 3_600_000;

/** How many entries wait and since when the oldest does: `3 entries wait, the oldest for 4 days`. */
export function waitingText(since: readonly (Date | null)[], now: Date): string {
  const times = since.flatMap((date) => (date === null ? [] : [date.getTime()]));
  const count = since.length === 1 ? '1 entry waits' : `${since.length} entries wait`;
  if (times.length === 0) return count;
  return `${count}, ${since.length === 1 ? '' : 'the oldest '}for ${ageText(now.getTime() - Math.min(...times))}`;
}

function ageText(ms: number): string {
  const hours = Math.floor(ms / HOUR_MS);
  if (hours < 1) return 'less than an hour';
  if (hours < 48) return hours === 1 ? '1 hour' : `${hours} hours`;
  return `${Math.floor(hours / 24)} days`;
}
