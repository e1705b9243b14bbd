import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { InvalidDateError } from '../../../shared/calendar/day-number.ts';
import { explainError } from '../../../shared/errors/user-error.ts';
import { StartError } from '../../../workers/local/command-line/start-error.ts';
import { S3Error } from '../../../workers/trainer/publish/object-store/s3-error.ts';

describe('what a command line shows of an error', () => {
  it.each([new InvalidDateError('no date'), new S3Error('configuration', 'no date')])(
    'is its message alone, where the user can put it right: $name',
    (error) => {
      expect(explainError(error)).toBe('no date');
    },
  );

  it('is the fix as well, on a line of its own, where the message leaves it out', () => {
    expect(explainError(new StartError('The port is taken.', 'Choose another --port.'))).toBe(
      'The port is taken.\nChoose another --port.',
    );
  });

  it('is one line with the path, the reason and the fix where the file system refuses', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'user-error-')), 'file');
    await writeFile(file, '');
    const failed = await mkdir(join(file, 'below')).catch((error: unknown) => error);
    expect(explainError(failed)).toBe(
      `${join(file, 'below')}: a part of the path is a file, not a directory; give another path.`,
    );
    const denied = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES', path: '/out/x' });
    expect(explainError(denied)).toBe(
      '/out/x: permission denied; give a path that you may use, or change its owner.',
    );
  });

  it('is one line where a write finds the disk full, which has no path', () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    expect(explainError(full)).toMatch(/^A file cannot be written: .*\.$/);
  });

  it.each([RangeError, TypeError, Error])('has a stack where it is a fault of the program: %o', (kind) => {
    expect(explainError(new kind('impossible'))).toMatch(/impossible\n\s+at .*user-error\.test\.ts/);
  });

  it('is what went wrong first, where the clean-up failed as well', () => {
    const suppressed = new StartError('The disk is full.', 'Free some space.');
    const error = Object.assign(new Error('in the clean-up'), { name: 'SuppressedError', suppressed });
    expect(explainError(error)).toBe('The disk is full.\nFree some space.');
  });

  it('is the text of anything else that is thrown', () => {
    expect(explainError('why')).toBe('why');
  });
});
