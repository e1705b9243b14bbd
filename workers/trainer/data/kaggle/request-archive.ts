import { readRetryAfter } from '../retry-after.ts';
import { KaggleError } from './kaggle-error.ts';

export interface ArchiveSource {
  /** Address of Kaggle's API. */
  readonly baseUrl: string;
  readonly slug: string;
  readonly authorization: string;
}

/** A failure that may be transient. */
export class TransientFailure extends Error {
  override name = 'TransientFailure';
  readonly status: number | null;
  /** The wait that the server requests; null if it does not say. */
  readonly retryAfterMs: number | null;

  constructor(message: string, status: number | null = null, retryAfterMs: number | null = null) {
    super(message);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

const MAX_REDIRECTS = 5;
const MAX_MESSAGE_LENGTH = 300;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Requests the archive of a competition's files from Kaggle and follows the redirect to its storage. The key is sent to
 * Kaggle alone: a signed address needs none, and must not receive it.
 *
 * @param headers conditions and ranges
 * @returns a response with the archive (200), a part of it (206), 304 or 416
 * @throws {KaggleError} for a failure that needs a person to fix it
 * @throws {TransientFailure} for one that may be transient
 */
export async function requestArchive(
  { baseUrl, slug, authorization }: ArchiveSource,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Response> {
  const start = new URL(`${baseUrl.replace(/\/+$/, '')}/competitions/data/download-all/${slug}`);
  let url = start;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const isKaggle = url.origin === start.origin;
    const response = await send(url, { ...headers, ...(isKaggle && { authorization }) }, signal);
    if (!REDIRECTS.has(response.status)) return judge(response, slug, redirects > 0);
    const location = response.headers.get('location');
    await response.body?.cancel();
    if (location === null || !URL.canParse(location, url.href)) {
      throw new TransientFailure(`the server redirects to ${location ?? 'nowhere'}`, response.status);
    }
    const next = new URL(location, url);
    if (!/^https?:$/.test(next.protocol) || (url.protocol === 'https:' && next.protocol !== 'https:')) {
      throw unexpected(`the server redirects to ${next.protocol}//${next.host}, which is not safe`);
    }
    url = next;
  }
  throw unexpected(`the server redirects more than ${MAX_REDIRECTS} times`);
}

async function send(url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
  try {
    // Compression would hide the number of remaining bytes.
    return await fetch(url, {
      headers: { ...headers, 'accept-encoding': 'identity' },
      redirect: 'manual',
      signal,
    });
  } catch (error) {
    throw new TransientFailure(`${url.host} does not respond: ${describeNetworkError(error)}`);
  }
}

async function judge(response: Response, slug: string, isRedirected: boolean): Promise<Response> {
  const { status } = response;
  if (status === 200 || status === 206 || status === 304 || status === 416) return response;
  const detail = await readMessage(response);
  const says = detail === '' ? `status ${status}` : `status ${status}: ${detail}`;
  const page = `https://www.kaggle.com/competitions/${slug}`;
  if (status === 429 || status === 408 || status >= 500) {
    const wait = readRetryAfter(response.headers.get('retry-after'), Date.now());
    throw new TransientFailure(`the server answers with ${says}`, status, wait);
  }
  // A signed address expires; the next request gets a new one.
  if (isRedirected) throw new TransientFailure(`the storage answers with ${says}`, status);
  if (status === 401) {
    throw new KaggleError(
      'unauthorized',
      `Kaggle does not accept the key (${says})`,
      'Create a new one at https://www.kaggle.com/settings and set KAGGLE_USERNAME and KAGGLE_KEY, or KAGGLE_API_TOKEN',
    );
  }
  if (status === 403 && /rules/i.test(detail)) {
    throw new KaggleError(
      'rules-not-accepted',
      `Kaggle requires the rules of the competition to be accepted first (${says})`,
      `Open ${page}/rules with the account of the key, and accept them there, once`,
    );
  }
  if (status === 403) {
    throw new KaggleError(
      'forbidden',
      `Kaggle does not give this account access to the files (${says})`,
      `Open ${page}/data with the account of the key: it may have to join the competition or verify a phone number`,
    );
  }
  if (status === 404) {
    throw new KaggleError(
      'not-found',
      `Kaggle has no files of a competition "${slug}" (${says})`,
      'Write its name as in the address of its page: --competition store-sales-time-series-forecasting',
    );
  }
  throw unexpected(`Kaggle answers with ${says}`);
}

function unexpected(problem: string): KaggleError {
  return new KaggleError(
    'unexpected-answer',
    problem,
    'Try again later; or download the files by hand, unzip them, and name their directory with --dataset',
  );
}

/** Kaggle's own message, from `{"code":403,"message":"..."}`; empty for anything else, such as HTML. */
async function readMessage(response: Response): Promise<string> {
  const text = await response.text().catch(() => '');
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === 'string' ? message.slice(0, MAX_MESSAGE_LENGTH) : '';
  } catch {
    return /<Code>([^<]{1,80})<\/Code>/.exec(text)?.[1] ?? '';
  }
}

/** The reason in a few words; fetch hides it in the cause. */
export function describeNetworkError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (cause instanceof Error && 'code' in cause) return String(cause.code);
  return cause instanceof Error ? cause.message : error.message;
}

const SETTINGS = 'https://www.kaggle.com/settings';

/**
 * The Authorization header: a bearer token (`KAGGLE_API_TOKEN`), else user name and key (`KAGGLE_USERNAME`,
 * `KAGGLE_KEY`).
 *
 * @throws {KaggleError} `missing-keys`, naming the variables
 */
export function authorizationOf(environment: Readonly<Record<string, string | undefined>>): string {
  const { KAGGLE_API_TOKEN: token = '', KAGGLE_USERNAME: user = '', KAGGLE_KEY: key = '' } = environment;
  if (token !== '') return `Bearer ${token}`;
  if (user !== '' && key !== '') return `Basic ${Buffer.from(`${user}:${key}`).toString('base64')}`;
  const missing = [...(user === '' ? ['KAGGLE_USERNAME'] : []), ...(key === '' ? ['KAGGLE_KEY'] : [])];
  throw new KaggleError(
    'missing-keys',
    `${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set`,
    `Create an API key at ${SETTINGS} and set KAGGLE_USERNAME and KAGGLE_KEY, or a token in KAGGLE_API_TOKEN`,
  );
}
