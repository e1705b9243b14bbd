/** How to reach a tracking server. */
export interface MlflowConnection {
  /** Address with its path, without credentials and trailing slash: `https://dagshub.com/user/repo.mlflow`. */
  readonly baseUrl: string;
  /** Value of the header Authorization; null where the server asks for none. */
  readonly authorization: string | null;
  /** What must not be seen in a message. */
  readonly secrets: readonly string[];
  /** Time for one request. */
  readonly timeoutMs: number;
  /** Tries of one request, the first included. */
  readonly tries: number;
  readonly fetch: typeof fetch;
  readonly sleep: (ms: number) => Promise<void>;
  /** 0 to 1, for waiting times that differ. */
  readonly random: () => number;
  /** Ends everything under way. */
  readonly signal?: AbortSignal;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Waits before another try: twice as long each time, between half and all of it so that clients do not come in step.
 *
 * @param failed tries so far
 * @param askedMs what the server asked for
 */
export function pause({ sleep, random }: MlflowConnection, failed: number, askedMs = 0): Promise<void> {
  const usual = FIRST_PAUSE_MS * 2 ** (failed - 1) * (0.5 + random() / 2);
  return sleep(Math.min(LONGEST_PAUSE_MS, Math.max(usual, askedMs)));
}
