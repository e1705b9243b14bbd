import { sha256Hex } from '../../../shared/sha256.ts';

/** Whether two texts of the same length are equal, in a time that does not reveal where they differ. */
function sameText(left: string, right: string): boolean {
  let difference = left.length ^ right.length;
  for (let i = 0; i < left.length; i++) difference |= left.charCodeAt(i) ^ right.charCodeAt(i);
  return difference === 0;
}

const HASHED = /^sha256:[0-9a-f]{64}$/;
/** A shorter key could be guessed. */
const MIN_KEY_LENGTH = 16;

/** The error in a list of keys, or null: each is plain text or `sha256:` and 64 hexadecimal digits. */
export function findKeyProblem(keys: readonly string[]): string | null {
  const wrong = keys.findIndex((key) =>
    key.startsWith('sha256:') ? !HASHED.test(key) : key.length < MIN_KEY_LENGTH,
  );
  if (wrong < 0) return null;
  return `key ${wrong + 1} is neither a text of at least ${MIN_KEY_LENGTH} characters nor sha256:<64 hexadecimal digits>`;
}

/**
 * Checks the key of a request against all configured keys, always comparing every digest: the time taken reveals
 * nothing about them.
 *
 * @param keys as plain text, or as `sha256:<hexadecimal>` where the key itself should not be stored.
 * @returns for an Authorization header the first characters of its key's digest, which identify the caller in
 *   counters and logs without revealing the key, or null when it has no valid key.
 */
export function createBearerCheck(
  keys: readonly string[],
): (authorization: string | undefined) => Promise<string | null> {
  let digests: Promise<readonly string[]> | null = null;
  return async (authorization) => {
    const given = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
    if (given === undefined) return null;
    digests ??= Promise.all(
      keys.map((key) => (HASHED.test(key) ? key.slice('sha256:'.length) : sha256Hex(key))),
    );
    const digest = await sha256Hex(given);
    let known = false;
    for (const expected of await digests) known = sameText(digest, expected) || known;
    return known ? digest.slice(0, 16) : null;
  };
}
