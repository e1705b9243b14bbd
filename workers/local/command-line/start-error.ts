import { UserError } from '../../../shared/errors/user-error.ts';

/** Something the person at the keyboard can mend; shown as message and fix, without a stack. */
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
