import { PassThrough } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
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
  it('shows label and percentage on a terminal', () => {
    const { target, written } = stream(true);
    const progress = showProgress('reading', target);
    progress.update(1, 4);
    progress.update(4, 4);
    progress.stop();
    expect(written.join('')).toContain('reading');
    expect(written.join('')).toContain('100%');
  });

  it('writes a line every ten seconds without a terminal, and none for short work', () => {
    vi.useFakeTimers();
    try {
      const { target, written } = stream(false);
      const progress = showProgress('reading   ', target);
      progress.update(1, 4);
      vi.advanceTimersByTime(9_000);
      progress.update(2, 4);
      expect(written).toEqual([]);
      vi.advanceTimersByTime(21_000);
      progress.stop();
      vi.advanceTimersByTime(60_000);
      expect(written).toEqual(['reading: 50%, 10 s\n', 'reading: 50%, 20 s\n', 'reading: 50%, 30 s\n']);
    } finally {
      vi.useRealTimers();
    }
  });

  it('writes lines on updates as well, because busy work blocks timers', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      const { target, written } = stream(false);
      const progress = showProgress('fitting', target);
      for (let second = 0; second <= 25; second++) {
        progress.update(second, 100);
        vi.advanceTimersByTime(1000);
      }
      progress.stop();
      expect(written).toEqual(['fitting: 10%, 10 s\n', 'fitting: 20%, 20 s\n']);
    } finally {
      vi.useRealTimers();
    }
  });
});
