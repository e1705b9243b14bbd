/**
 * The wait in a `Retry-After` header, in milliseconds: seconds or an HTTP date (RFC 9110, 10.2.3).
 *
 * @returns null if it is absent or invalid
 */
export function readRetryAfter(header: string | null, now: number): number | null {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = text === '' ? Number.NaN : Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
