import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { UserError } from '../../../shared/errors/user-error.ts';
import type { Environment } from '../data/notes.ts';
import type { MlflowConnection } from './mlflow/send-request.ts';

/** Where runs are logged, from MLflow's own environment variables. */
export interface TrackingConfiguration {
  /** Address with its path, without credentials and trailing slash. */
  readonly baseUrl: string;
  readonly authorization: string | null;
  /** Secrets to hide in messages. */
  readonly secrets: readonly string[];
  readonly experiment: string;
  readonly model: string;
  readonly timeoutMs: number;
  readonly tries: number;
}

/** The tracking server and the names on it. */
export interface Target {
  readonly connection: MlflowConnection;
  readonly experiment: string;
  /** Name of the registered model. */
  readonly model: string;
}

const DEFAULT_NAME = 'retail-demand-edge';

/** Thrown for invalid environment variables; names all of them. */
export class TrackingConfigurationError extends UserError {
  override name = 'TrackingConfigurationError';
}

const optional = z
  .string()
  .optional()
  .transform((text) => (text === '' ? undefined : text));

const wholeNumber = (fallback: number, highest: number) =>
  z
    .string()
    .regex(/^\d*$/, 'write a whole number')
    .optional()
    .transform((text) => (text ? Math.min(highest, Math.max(1, Number(text))) : fallback));

const environmentSchema = z
  .object({
    MLFLOW_TRACKING_URI: z
      .url({ protocol: /^https?$/, error: 'write the address of a server, https://host/path' })
      .transform((text) => new URL(text)),
    MLFLOW_TRACKING_USERNAME: optional,
    MLFLOW_TRACKING_PASSWORD: optional,
    MLFLOW_TRACKING_TOKEN: optional,
    MLFLOW_EXPERIMENT_NAME: optional.pipe(z.string().max(500, 'write at most 500 letters').optional()),
    MLFLOW_REGISTERED_MODEL_NAME: optional.pipe(
      z
        .string()
        .regex(/^[^/:'"`%\\]{1,250}$/, 'write a name without / : % \\ and quotes')
        .optional(),
    ),
    /** Seconds, as for MLflow's own client. */
    MLFLOW_HTTP_REQUEST_TIMEOUT: wholeNumber(10, 600),
    MLFLOW_HTTP_REQUEST_MAX_RETRIES: wholeNumber(3, 20),
  })
  .superRefine(({ MLFLOW_TRACKING_USERNAME: username, MLFLOW_TRACKING_PASSWORD: password }, context) => {
    if (password !== undefined && username === undefined) {
      const message = 'is missing although MLFLOW_TRACKING_PASSWORD is set';
      context.addIssue({ code: 'custom', path: ['MLFLOW_TRACKING_USERNAME'], message });
    }
  });

/** Whether runs are tracked at all. */
export function isTracking(environment: Environment): boolean {
  return Boolean(environment.MLFLOW_TRACKING_URI);
}

/**
 * A token takes precedence over user name and password, and these over credentials in the address.
 *
 * @throws {TrackingConfigurationError}
 */
export function readConfiguration(environment: Environment): TrackingConfiguration {
  const parsed = environmentSchema.safeParse(environment);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new TrackingConfigurationError(`tracking is not configured: ${wrong.join('; ')}`);
  }
  const values = parsed.data;
  const uri = values.MLFLOW_TRACKING_URI;
  const username = values.MLFLOW_TRACKING_USERNAME ?? decode(uri.username);
  const password = values.MLFLOW_TRACKING_PASSWORD ?? decode(uri.password);
  const basic = Buffer.from(`${username}:${password}`).toString('base64');
  const token = values.MLFLOW_TRACKING_TOKEN;
  return {
    baseUrl: `${uri.origin}${uri.pathname}`.replace(/\/+$/, ''),
    authorization: token ? `Bearer ${token}` : username === '' ? null : `Basic ${basic}`,
    secrets: [token ?? '', password, username === '' ? '' : basic].filter((secret) => secret !== ''),
    experiment: values.MLFLOW_EXPERIMENT_NAME ?? DEFAULT_NAME,
    model: values.MLFLOW_REGISTERED_MODEL_NAME ?? DEFAULT_NAME,
    timeoutMs: values.MLFLOW_HTTP_REQUEST_TIMEOUT * 1000,
    tries: values.MLFLOW_HTTP_REQUEST_MAX_RETRIES + 1,
  };
}

/** Credentials in an address may or may not be percent-encoded. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The target of a configuration, over the network. @param signal ends everything in progress */
export function connect(configuration: TrackingConfiguration, signal?: AbortSignal): Target {
  const { experiment, model, ...connection } = configuration;
  return {
    experiment,
    model,
    connection: {
      ...connection,
      fetch,
      sleep: (ms) => sleep(ms),
      random: Math.random,
      ...(signal && { signal }),
    },
  };
}
