import { describe, expect, it } from 'vitest';
import { createNotes } from '../../../../../workers/trainer/data/notes.ts';

function take(environment: Readonly<Record<string, string>>) {
  const written = { stdout: '', stderr: '' };
  const streamTo = (name: keyof typeof written) => ({
    write(text: string) {
      written[name] += text;
    },
  });
  const notes = createNotes(environment, { stdout: streamTo('stdout'), stderr: streamTo('stderr') });
  notes.onNote('MLflow is away:\n100 % of it');
  notes.onNote('fetched once', 'info');
  return { written, taken: notes.taken };
}

describe('notes', () => {
  it('appear on the terminal at once, and are collected', () => {
    const { written, taken } = take({});
    expect(written).toEqual({ stdout: '', stderr: 'MLflow is away:\n100 % of it\nfetched once\n' });
    expect(taken).toEqual([
      { text: 'MLflow is away:\n100 % of it', severity: 'warning' },
      { text: 'fetched once', severity: 'info' },
    ]);
  });

  it('are annotations in a GitHub workflow if they need attention, one line each', () => {
    const { written, taken } = take({ GITHUB_ACTIONS: 'true' });
    expect(written).toEqual({
      stdout: '::warning::MLflow is away:%0A100 %25 of it\n',
      stderr: 'fetched once\n',
    });
    expect(taken).toHaveLength(2);
    expect(take({ GITHUB_ACTIONS: 'false' }).written.stdout).toBe('');
  });
});
