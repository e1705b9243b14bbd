import { UserError } from '../../../../shared/errors/user-error.ts';

/**
 * `configuration`: variables are missing or wrong. `unauthorized`: unknown key, or wrong secret. `forbidden`: the key
 * lacks the permission. `no-such-bucket`. `network`: no response after several attempts. `refused`: any other response
 * that is not a success.
 */
export type S3ErrorCode =
  | 'configuration'
  | 'unauthorized'
  | 'forbidden'
  | 'no-such-bucket'
  | 'network'
  | 'refused';

/** Why a request to an object store failed; the message says what to check, and contains no secret. */
export class S3Error extends UserError {
  override readonly name = 'S3Error';
  readonly code: S3ErrorCode;

  constructor(code: S3ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
