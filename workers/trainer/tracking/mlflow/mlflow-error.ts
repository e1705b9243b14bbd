import { UserError } from '../../../../shared/errors/user-error.ts';

/**
 * `unreachable`: no reply, so what was asked may have happened or not. `busy`: the server is there and cannot answer
 * now. `denied`: it does not accept the credentials. `unsupported`: MLflow says that it has no such endpoint.
 * `not-found`: 404 or the like in words that are not MLflow's: a server without the endpoint, or something in between
 * that hides it for the moment. `rejected`: it understood and refuses. `not-mlflow`: the reply is not one of MLflow's.
 */
export type MlflowErrorKind =
  | 'unreachable'
  | 'busy'
  | 'denied'
  | 'unsupported'
  | 'not-found'
  | 'rejected'
  | 'not-mlflow';

/** Why a request to a tracking server failed; the message names the server, the request and what to do. */
export class MlflowError extends UserError {
  override readonly name = 'MlflowError';
  readonly kind: MlflowErrorKind;
  /** MLflow's own name of the error, e.g. RESOURCE_DOES_NOT_EXIST; null where the reply has none. */
  readonly code: string | null;

  constructor(kind: MlflowErrorKind, message: string, code: string | null = null, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
    this.code = code;
  }

  /** Whether the same request may do better in a moment. */
  get mayPass(): boolean {
    return this.kind === 'unreachable' || this.kind === 'busy';
  }

  /** Whether other requests to this server fail alike. */
  get concernsServer(): boolean {
    return this.kind !== 'rejected' && this.kind !== 'unsupported';
  }
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof MlflowError && error.code === code;
}
