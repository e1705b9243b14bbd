import { readRetryAfter } from '../../retry-after.ts';

/** How long one request is tried for, and what its waits are made of. */
export interface S3Patience {
  /** Tries of one request, the first included. */
  readonly attempts: number;
  /** Longest wait before the second attempt; it doubles with each. */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** The longest wait that the store may ask for. */
  readonly longestAskedWaitMs: number;
  /** Limit of one attempt, the body included. */
  readonly timeLimitMs: number;
  readonly now: () => number;
  /** 0..1 */
  readonly random: () => number;
  readonly sleep: (ms: number) => Promise<void>;
}

/**
 * Waits of 28 to 56 seconds in all: a store that asks to slow down wants seconds, and what is given up here are the minutes
 * for which a model was trained.
 */
export const S3_PATIENCE: S3Patience = {
  attempts: 10,
  firstWaitMs: 500,
  longestWaitMs: 10_000,
  longestAskedWaitMs: 60_000,
  timeLimitMs: 60_000,
  now: Date.now,
  random: Math.random,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/**
 * Waits after a failed attempt: twice as long each time, between half and all of it so that writers who failed together do
 * not come back together, and at least as long as the store asks for.
 *
 * @param failed attempts so far
 * @param retryAfter the header of the answer; null where there is none
 */
export function waitAfter(patience: S3Patience, failed: number, retryAfter: string | null): Promise<void> {
  const { firstWaitMs, longestWaitMs, longestAskedWaitMs, now, random, sleep } = patience;
  const usual = Math.min(longestWaitMs, firstWaitMs * 2 ** (failed - 1)) * (0.5 + random() / 2);
  const asked = Math.min(longestAskedWaitMs, readRetryAfter(retryAfter, now()) ?? 0);
  return sleep(Math.max(usual, asked));
}
