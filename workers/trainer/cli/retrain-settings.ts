import { UserError } from '../../../shared/errors/user-error.ts';
import { KaggleError } from '../data/kaggle/kaggle-error.ts';
import { authorizationOf } from '../data/kaggle/request-archive.ts';
import { MIN_WINDOWS } from '../model/parameters.ts';
import { readR2Configuration } from '../publish/object-store/r2-configuration.ts';
import { S3Error } from '../publish/object-store/s3-error.ts';

/** Every variable of the nightly run, and its purpose. */
export const RETRAIN_VARIABLES = {
  R2_BUCKET: 'bucket to publish to',
  R2_ACCOUNT_ID: 'account of the bucket',
  R2_ENDPOINT: 'instead of R2_ACCOUNT_ID: address of the S3 interface, for a bucket of a jurisdiction',
  R2_ACCESS_KEY_ID: 'key of an R2 API token with Object Read & Write on the bucket',
  R2_SECRET_ACCESS_KEY: 'its secret',
  RETRAIN_DATASET: 'as --dataset: kaggle (the default), synthetic, or a directory',
  RETRAIN_TIME_TRAVEL:
    'whether the dataset is replayed: auto (the default) for one that ended long ago, on for any, off for none',
  KAGGLE_USERNAME: 'user name, with KAGGLE_KEY',
  KAGGLE_KEY: 'key',
  KAGGLE_API_TOKEN: 'instead of both: a token',
  UPSTASH_REDIS_REST_URL: 'feature store whose finished days are used in training; default: files only',
  UPSTASH_REDIS_REST_TOKEN: 'its token, read-only is enough',
  STREAM_PARTITIONS: 'partitions of the feature store, as in its Workers',
  BUSINESS_TIME_ZONE: "time zone of the stores' business days; default: that of wrangler.toml",
  MLFLOW_TRACKING_URI: 'tracking server; default: no tracking',
  MLFLOW_TRACKING_USERNAME: 'user name there',
  MLFLOW_TRACKING_PASSWORD: 'password there',
  MLFLOW_TRACKING_TOKEN: 'instead of both: a token',
  MLFLOW_EXPERIMENT_NAME: 'experiment there',
  MLFLOW_REGISTERED_MODEL_NAME: 'registered model there',
  MLFLOW_HTTP_REQUEST_TIMEOUT: 'timeout of one request to it in seconds',
  MLFLOW_HTTP_REQUEST_MAX_RETRIES: 'retries of a request to it',
  GITHUB_STEP_SUMMARY: 'file to which a Markdown summary is appended',
} as const;

/** Windows of the nightly backtest: twice the minimum, so that a single unusual week does not decide. */
const NIGHTLY_WINDOWS = String(2 * MIN_WINDOWS);

/** The flag for each value of `RETRAIN_TIME_TRAVEL`. */
const TRAVEL_ARGUMENTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['auto', []],
  ['on', ['--time-travel']],
  ['off', ['--no-time-travel']],
]);

/** Thrown for missing or invalid variables; names all of them. */
export class RetrainSettingsError extends UserError {
  override name = 'RetrainSettingsError';
}

/**
 * Turns the environment into a command line of `npm run train`. Given arguments come after it and win.
 *
 * @throws {RetrainSettingsError} before any work: a run that could not publish is not started
 */
export function retrainArguments(
  environment: Readonly<Record<string, string | undefined>>,
  given: readonly string[],
): string[] {
  const {
    R2_BUCKET: bucket,
    RETRAIN_DATASET: dataset = 'kaggle',
    RETRAIN_TIME_TRAVEL: timeTravel = 'auto',
    GITHUB_STEP_SUMMARY: summary,
  } = environment;
  const travelArguments = TRAVEL_ARGUMENTS.get(timeTravel);
  const out = `r2://${bucket ?? 'not-set'}`;
  const problems = [
    ...(bucket === undefined ? ['R2_BUCKET is not set'] : []),
    ...problemsOf(() => readR2Configuration(out, environment)),
    ...(dataset === 'kaggle' ? problemsOf(() => authorizationOf(environment)) : []),
    ...(travelArguments ? [] : [`RETRAIN_TIME_TRAVEL is "${timeTravel}": set auto, on or off`]),
  ];
  if (problems.length > 0 && !asksForHelp(given)) throw new RetrainSettingsError(problems.join('\n'));
  return [
    ...['--dataset', dataset, '--out', out, '--windows', NIGHTLY_WINDOWS],
    ...(travelArguments ?? []),
    ...(summary === undefined ? [] : ['--summary', summary]),
    ...given,
  ];
}

function problemsOf(read: () => unknown): string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof S3Error || error instanceof KaggleError) return [error.message];
    throw error;
  }
}

function asksForHelp(given: readonly string[]): boolean {
  return given.includes('--help') || given.includes('-h');
}
