import { z } from 'zod';
import { hasCode, MlflowError } from './mlflow-error.ts';

/** How to reach a tracking server. */
export interface MlflowConnection {
  /** Address with its path, without credentials and trailing slash: `https://dagshub.com/user/repo.mlflow`. */
  readonly baseUrl: string;
  /** Value of the Authorization header; null if the server requires none. */
  readonly authorization: string | null;
  /** Secrets to hide in messages. */
  readonly secrets: readonly string[];
  /** Timeout of one request. */
  readonly timeoutMs: number;
  /** Attempts of one request, including the first. */
  readonly tries: number;
  readonly fetch: typeof fetch;
  readonly sleep: (ms: number) => Promise<void>;
  /** 0 to 1, to vary waiting times. */
  readonly random: () => number;
  /** Ends everything in progress. */
  readonly signal?: AbortSignal;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Waits before another attempt: twice as long each time, between half and all of it so that clients do not synchronise.
 *
 * @param failed attempts so far
 * @param askedMs wait requested by the server
 */
export function pause({ sleep, random }: MlflowConnection, failed: number, askedMs = 0): Promise<void> {
  const usual = FIRST_PAUSE_MS * 2 ** (failed - 1) * (0.5 + random() / 2);
  return sleep(Math.min(LONGEST_PAUSE_MS, Math.max(usual, askedMs)));
}

export interface MlflowRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Below `/api/2.0/`, e.g. `mlflow/runs/create`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Objects are sent as JSON, bytes unchanged. */
  readonly body?: object | Uint8Array;
  /** Whether sending it twice has the effect of sending it once. Other requests are sent only once. */
  readonly isRepeatable: boolean;
}

/** Transient statuses. */
const PASSING = new Set([408, 429, 500, 502, 503, 504]);
const LONGEST_REASON = 300;

/** Reply to a request without a result: an empty object, or nothing at all. */
export const emptyReplySchema = z.object({}).transform(() => undefined);

const errorReplySchema = z.object({ error_code: z.string(), message: z.string().optional() });

/**
 * Sends a request and parses the reply; a repeatable one is retried while the error may be transient.
 *
 * @throws {MlflowError}
 */
export async function sendRequest<T>(
  connection: MlflowConnection,
  request: MlflowRequest,
  reply: z.ZodType<T>,
): Promise<T> {
  for (let failed = 0; ; ) {
    try {
      return await sendOnce(connection, request, reply);
    } catch (error) {
      failed++;
      const mayTry = error instanceof PassingError && request.isRepeatable && failed < connection.tries;
      if (!mayTry || connection.signal?.aborted) throw error;
      await pause(connection, failed, error.retryAfterMs);
    }
  }
}

/** A transient error, and the wait that the server requested. */
class PassingError extends MlflowError {
  readonly retryAfterMs: number;
  constructor(kind: 'unreachable' | 'busy', message: string, retryAfterMs: number, cause?: unknown) {
    super(kind, message, null, { cause });
    this.retryAfterMs = retryAfterMs;
  }
}

async function sendOnce<T>(
  connection: MlflowConnection,
  request: MlflowRequest,
  reply: z.ZodType<T>,
): Promise<T> {
  const { method, path, body } = request;
  const describe = (what: string) => redact(connection, `MLflow at ${connection.baseUrl}, ${path}: ${what}`);
  const isBytes = body instanceof Uint8Array;
  const timeout = AbortSignal.timeout(connection.timeoutMs);
  let response: Response;
  let text: string;
  try {
    response = await connection.fetch(addressOf(connection, request), {
      method,
      headers: {
        accept: 'application/json',
        ...(body && { 'content-type': isBytes ? 'application/octet-stream' : 'application/json' }),
        ...(connection.authorization && { authorization: connection.authorization }),
      },
      ...(body && { body: isBytes ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body) }),
      // A redirected POST would silently become a GET.
      redirect: 'manual',
      signal: connection.signal ? AbortSignal.any([timeout, connection.signal]) : timeout,
    });
    text = await response.text();
  } catch (cause) {
    throw new PassingError('unreachable', describe(reasonOf(cause, connection)), 0, cause);
  }
  if (response.ok) return readReply(text, reply, describe);
  const retryAfter = Number(response.headers.get('retry-after') ?? 0);
  throw failureOf(response, text, describe, Number.isFinite(retryAfter) ? retryAfter * 1000 : 0);
}

function addressOf({ baseUrl }: MlflowConnection, { path, query }: MlflowRequest): string {
  const search = query ? `?${new URLSearchParams(query)}` : '';
  return `${baseUrl}/api/2.0/${path}${search}`;
}

function readReply<T>(text: string, reply: z.ZodType<T>, describe: (what: string) => string): T {
  const parsed = reply.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  const reason = `the reply is not MLflow's (${excerpt(text)}): check MLFLOW_TRACKING_URI`;
  throw new MlflowError('not-mlflow', describe(reason));
}

function failureOf(
  response: Response,
  text: string,
  describe: (what: string) => string,
  retryAfterMs: number,
): MlflowError {
  const { status } = response;
  const parsed = errorReplySchema.safeParse(parseJson(text));
  const code = parsed.success ? parsed.data.error_code : null;
  const reason = parsed.success ? `${code}: ${excerpt(parsed.data.message ?? '')}` : excerpt(text);
  if (status === 401 || status === 403) {
    const fix = 'check MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN';
    return new MlflowError('denied', describe(`${status}, access denied: ${fix}`), code);
  }
  if (status >= 300 && status < 400) {
    const target = response.headers.get('location')?.split('?')[0] ?? 'elsewhere';
    const fix = `it redirects to ${target}: put the final address into MLFLOW_TRACKING_URI`;
    return new MlflowError('not-mlflow', describe(fix));
  }
  if (PASSING.has(status)) return new PassingError('busy', describe(`${status} ${reason}`), retryAfterMs);
  const isNowhere = status === 404 || status === 405 || status === 501;
  if (isNowhere && code === null) {
    const fix = 'not a response of MLflow: check MLFLOW_TRACKING_URI, and any proxy in front of the server';
    return new MlflowError('not-found', describe(`${status} ${reason}: ${fix}`));
  }
  const isUnsupported = isNowhere && (code === 'ENDPOINT_NOT_FOUND' || code === 'NOT_IMPLEMENTED');
  return new MlflowError(isUnsupported ? 'unsupported' : 'rejected', describe(`${status} ${reason}`), code);
}

function reasonOf(cause: unknown, { timeoutMs, signal }: MlflowConnection): string {
  if (signal?.aborted) return 'no time is left for the request';
  if (!(cause instanceof Error)) return String(cause);
  if (cause.name === 'TimeoutError') return `no reply within ${Math.round(timeoutMs / 1000)} s`;
  // fetch says only "fetch failed"; the reason is in its cause.
  const { cause: below } = cause;
  const code = below instanceof Error && 'code' in below ? String(below.code) : '';
  const detail = below instanceof Error ? below.message || code : '';
  return `not reachable (${detail || cause.message})`;
}

function redact({ secrets }: MlflowConnection, text: string): string {
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
}

function excerpt(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > LONGEST_REASON ? `${line.slice(0, LONGEST_REASON)}...` : line || 'an empty reply';
}

function parseJson(text: string): unknown {
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Creates something that does not exist, once: a create whose reply was lost may have succeeded, so another attempt
 * searches for it first.
 *
 * @throws {MlflowError}
 */
export async function findOrCreate<T>(
  connection: MlflowConnection,
  find: () => Promise<T | null>,
  create: () => Promise<T>,
): Promise<T> {
  for (let failed = 0; ; ) {
    const found = await find();
    if (found !== null) return found;
    try {
      return await create();
    } catch (error) {
      failed++;
      const isThereNow = hasCode(error, 'RESOURCE_ALREADY_EXISTS');
      const mayTry = isThereNow || (error instanceof MlflowError && error.mayPass);
      if (!mayTry || failed >= connection.tries || connection.signal?.aborted) throw error;
      if (!isThereNow) await pause(connection, failed);
    }
  }
}
