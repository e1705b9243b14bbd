import { checkCommit, InvalidCommitError } from '../check-commit.ts';
import { type EntryId, parseEntryId } from '../entry-id.ts';
import type { StoreKeys } from '../keys.ts';
import type { AggregationCommit, CommitOutcome, DeadLetter } from '../sales-store.ts';
import { toBucketParts } from './bucket-parts.ts';
import { type Requests, UpstashStoreError } from './requests.ts';
import { COMMIT } from './scripts/commit.lua.ts';

/**
 * Applies a commit in one script, see there for why that counts every entry exactly once.
 *
 * @param numberOf the running number of an entry, where it is known: the script finds it otherwise.
 * @throws {InvalidCommitError} before anything is sent, or when a sum would not be exact: nothing was written.
 */
export async function sendCommit(
  requests: Requests,
  keys: StoreKeys,
  commit: AggregationCommit,
  numberOf: (id: EntryId) => string | null,
): Promise<CommitOutcome> {
  const parts = toBucketParts(checkCommit(commit), keys);
  const letters = toMembers(commit.deadLetters);
  const args = [
    commit.expectedWatermark ?? '',
    commit.newWatermark,
    numberOf(commit.newWatermark) ?? '',
    String(letters.length / 2),
    ...letters,
    ...parts.flatMap((part) => part.args),
  ];
  const { state, stream, deadLetters, compacted, buckets } = keys;
  const names = [state, stream, deadLetters, compacted, buckets, ...parts.map(({ key }) => key)];
  const answer = await sendSums(() => requests.write(COMMIT, names, args));
  if (answer === 'applied' || answer === 'already-applied' || answer === 'lost-race') return answer;
  throw new UpstashStoreError(
    `commit: ${String(answer)}: this bucket counts entries above the watermark; rebuild it from the stream`,
  );
}

/** @throws {InvalidCommitError} in place of the script's refusal of an unsafe sum. */
export async function sendSums(send: () => Promise<unknown>): Promise<unknown> {
  try {
    return await send();
  } catch (error) {
    const refusal = error instanceof Error ? /UNSAFE (.*)/.exec(error.message)?.[1] : undefined;
    if (refusal === undefined) throw error;
    throw new InvalidCommitError(`commit refused: ${refusal}`);
  }
}

/**
 * Score and member of each letter in turns. A letter is named by its entry and its place among the entry's letters,
 * whatever range of entries it was committed with.
 */
function toMembers(letters: readonly DeadLetter[]): string[] {
  const places = new Map<EntryId, number>();
  return letters.flatMap(({ entryId, row, raw, reason }) => {
    const { instant, sequence } = parseEntryId(entryId);
    const place = places.get(entryId) ?? 0;
    places.set(entryId, place + 1);
    const name = String(sequence).padStart(9, '0') + String(place).padStart(9, '0');
    const letter = { entryId, row, raw: raw.toWellFormed(), reason };
    return [String(instant), `${name} ${JSON.stringify(letter)}`];
  });
}

/** The inverse of a member that `toMembers` made. */
export function toDeadLetter(member: string): DeadLetter {
  return JSON.parse(member.slice(member.indexOf(' ') + 1)) as DeadLetter;
}
