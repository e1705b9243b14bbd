import { UserError } from '../../../../shared/errors/user-error.ts';

/**
 * `configuration`: variables are missing or wrong. `unauthorized`: the key is not known or its secret does not fit.
 * `forbidden`: the key may not do this. `no-such-bucket`. `network`: no answer, again and again. `refused`: any other
 * answer that is no success.
 */
export type S3ErrorCode =
  | 'configuration'
  | 'unauthorized'
  | 'forbidden'
  | 'no-such-bucket'
  | 'network'
  | 'refused';

/** Why an object store did not do what it was asked to; the message says what to check, and holds no secret. */
export class S3Error extends UserError {
  override readonly name = 'S3Error';
  readonly code: S3ErrorCode;

  constructor(code: S3ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
