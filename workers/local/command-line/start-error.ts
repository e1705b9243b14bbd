import { UserError } from '../../../shared/errors/user-error.ts';

/** The reason why something does not start on this machine; shown with its fix, which is not part of the message. */
export class StartError extends UserError {
  override name = 'StartError';
  readonly fix: string;

  constructor(message: string, fix: string, options?: ErrorOptions) {
    super(message, options);
    this.fix = fix;
  }

  override get text(): string {
    return `${this.message}\n${this.fix}`;
  }
}
