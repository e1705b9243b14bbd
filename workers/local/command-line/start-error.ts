import { UserError } from '../../../shared/errors/user-error.ts';

/** Why something does not start on this machine; shown with its fix, which the message leaves out. */
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
