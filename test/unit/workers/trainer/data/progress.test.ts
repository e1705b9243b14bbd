import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { showProgress } from '../../../../../workers/trainer/data/progress.ts';

function stream(isTTY: boolean) {
  const written: string[] = [];
  const target = Object.assign(new PassThrough(), {
    isTTY,
    columns: 80,
    cursorTo: () => true,
    clearLine: () => true,
    moveCursor: () => true,
  });
  target.on('data', (chunk) => written.push(String(chunk)));
  return { target: target as unknown as NodeJS.WriteStream, written };
}

describe('a progress bar', () => {
  it('shows label and share on a terminal', () => {
    const { target, written } = stream(true);
    const progress = showProgress('reading', target);
    progress.update(1, 4);
    progress.update(4, 4);
    progress.stop();
    expect(written.join('')).toContain('reading');
    expect(written.join('')).toContain('100%');
  });

  it('writes nothing where nobody watches', () => {
    const { target, written } = stream(false);
    const progress = showProgress('reading', target);
    progress.update(1, 4);
    progress.stop();
    expect(written).toEqual([]);
  });
});
