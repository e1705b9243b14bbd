import { UserError } from '../../../../shared/errors/user-error.ts';

/** What can go wrong between Kaggle and the disk. */
export type KaggleErrorKind =
  | 'missing-keys'
  | 'bad-name'
  | 'unauthorized'
  | 'rules-not-accepted'
  | 'forbidden'
  | 'not-found'
  | 'rate-limited'
  | 'unavailable'
  | 'unexpected-answer'
  | 'broken-download'
  | 'broken-archive'
  | 'unsafe-archive'
  | 'no-sales'
  | 'disk-full';

/** Thrown if a competition's files are unavailable; says how to fix it. Never contains a key. */
export class KaggleError extends UserError {
  override name = 'KaggleError';
  readonly kind: KaggleErrorKind;
  readonly fix: string;

  constructor(kind: KaggleErrorKind, problem: string, fix: string) {
    super(`${problem}. ${fix}`);
    this.kind = kind;
    this.fix = fix;
  }
}

/** Turns a write that found no space into a KaggleError; any other failure is unchanged. */
export function explainWriteFailure(error: unknown, directory: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return diskFull(directory, 'no space is left');
}

export function diskFull(directory: string, problem: string): KaggleError {
  return new KaggleError(
    'disk-full',
    `${directory}: ${problem}`,
    'Free some space, or choose another directory with --cache-dir',
  );
}
