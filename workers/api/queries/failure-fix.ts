/** Failures whose remedy lies outside of this system, by what their reason says. */
const FIXES: readonly (readonly [reason: RegExp, fix: string])[] = [
  [
    /SQLITE_FULL|disk is full|ENOSPC|no space left/i,
    'Free disk space; everything goes on by itself then, and nothing that was accepted is lost',
  ],
  [
    /OOM command|used memory|max.*(data|database) size/i,
    'The database is full: give it more memory or a larger plan',
  ],
  [
    /max.*request.*limit|quota|limit exceeded/i,
    "The plan's limit is used up: wait for its next period, or take a larger plan",
  ],
  [
    /WRONGPASS|NOAUTH|NOPERM|unauthorized/i,
    'The database refuses the token: set UPSTASH_REDIS_REST_TOKEN to that of UPSTASH_REDIS_REST_URL',
  ],
  [
    /no answer in time|does not answer|did not answer|ECONNREFUSED|ECONNRESET|fetch failed|network/i,
    'Start the store again, or check its address; everything goes on by itself then',
  ],
  [
    /MissingDaySheetError|InvalidObjectError|RegistryError|ModelError/,
    'Publish again: npm run train, or restore the object that the reason names',
  ],
];

/** What to do about a failure, by its reason; one that names its own fix is left to speak. */
export function fixOf(reason: string): string {
  const known = FIXES.find(([pattern]) => pattern.test(reason));
  return known?.[1] ?? "Fix what the reason names, then the next run goes on; the Worker's log has more";
}
