/** Work that failed after a part of it was done; `report` is what that part came to. */
export class PartialRunError<R = unknown> extends AggregateError {
  override name = 'PartialRunError';
  readonly report: R;

  constructor(errors: readonly unknown[], message: string, report: R) {
    super(errors, message);
    this.report = report;
  }
}
