import type { Context } from 'hono';

/** A strong entity tag of several parts; every part is percent-encoded, so any text will do. */
export function entityTag(...parts: readonly (string | number | null)[]): string {
  return `"${parts.map((part) => encodeURIComponent(part ?? '')).join('.')}"`;
}

/**
 * Sends the caching headers and says whether the client already has this version, in which case 304 is the answer
 * and the body need not be computed.
 */
export function isNotModified(c: Context, etag: string, cacheControl: string): boolean {
  c.header('ETag', etag);
  c.header('Cache-Control', cacheControl);
  const wanted = c.req.header('If-None-Match');
  if (wanted === undefined) return false;
  if (wanted.trim() === '*') return true;
  // A compressing proxy weakens the tag; for a 304 the weak comparison counts (RFC 9110, 13.1.2).
  const tags: readonly string[] = wanted.match(/"[^"]*"/g) ?? [];
  return tags.includes(etag);
}
