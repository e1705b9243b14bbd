import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { MUTATIONS } from '../../mutations/mutations.ts';
import { mutateSource, StaleMutationError } from '../../mutations/plant-mutation.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

describe('the planted mutations', () => {
  it.each(MUTATIONS)('$name changes its file in one place, and its tests exist', async (mutation) => {
    const source = await readFile(ROOT + mutation.file, 'utf8');
    expect(mutateSource(source, mutation)).not.toBe(source);
    expect(mutation.killedBy).not.toEqual([]);
    expect(mutation.killedBy.filter((file) => !existsSync(ROOT + file))).toEqual([]);
  });

  it('have names of their own', () => {
    expect(new Set(MUTATIONS.map(({ name }) => name)).size).toBe(MUTATIONS.length);
  });
});

describe('planting a mutation', () => {
  const mutation = { name: 'm', about: '', file: 'f.ts', find: 'a < b', replace: 'a <= b', killedBy: [] };

  it('replaces the text and nothing else', () => {
    expect(mutateSource('if (a < b) return;', mutation)).toBe('if (a <= b) return;');
  });

  it.each(['if (b < a) return;', 'a < b || a < b'])(
    'refuses %j, where the text is not there once',
    (source) => {
      expect(() => mutateSource(source, mutation)).toThrow(StaleMutationError);
    },
  );
});
