import { UserError } from '../../../../shared/errors/user-error.ts';

/**
 * `unreachable`: no reply, so the request may or may not have been carried out. `busy`: the server responds but cannot
 * serve the request now. `denied`: it rejects the credentials. `unsupported`: MLflow says that it lacks the endpoint.
 * `not-found`: 404 or similar, but not from MLflow: a server without the endpoint, or something in between that hides
 * it temporarily. `rejected`: it understands and refuses. `not-mlflow`: the reply is not MLflow's.
 */
export type MlflowErrorKind =
  | 'unreachable'
  | 'busy'
  | 'denied'
  | 'unsupported'
  | 'not-found'
  | 'rejected'
  | 'not-mlflow';

/** Why a request to a tracking server failed; the message names the server, the request and the fix. */
export class MlflowError extends UserError {
  override readonly name = 'MlflowError';
  readonly kind: MlflowErrorKind;
  /** MLflow's own error code, e.g. RESOURCE_DOES_NOT_EXIST; null if the reply has none. */
  readonly code: string | null;

  constructor(kind: MlflowErrorKind, message: string, code: string | null = null, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
    this.code = code;
  }

  /** Whether the same request may succeed a moment later. */
  get mayPass(): boolean {
    return this.kind === 'unreachable' || this.kind === 'busy';
  }

  /** Whether other requests to this server fail as well. */
  get concernsServer(): boolean {
    return this.kind !== 'rejected' && this.kind !== 'unsupported';
  }
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof MlflowError && error.code === code;
}
