/** Something the person at the keyboard can mend; shown as message and fix, without a stack. */
export class StartError extends Error {
  override name = 'StartError';
  readonly fix: string;

  constructor(message: string, fix: string, options?: ErrorOptions) {
    super(message, options);
    this.fix = fix;
  }
}
