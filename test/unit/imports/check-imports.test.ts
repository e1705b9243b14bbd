import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkImports, readRules } from '../../imports/check-imports.ts';
import { repositoryRoot } from '../../support/processes/local-process.ts';

const rules = { ...(await readRules(new URL('../../imports/rules.json', import.meta.url))) };
const root = await mkdtemp(join(tmpdir(), 'imports-'));

/** Modules of a small tree, by path, each with what it imports. */
async function plant(modules: Readonly<Record<string, readonly string[]>>): Promise<void> {
  for (const folder of rules.roots) {
    await rm(join(root, folder), { recursive: true, force: true });
    await mkdir(join(root, folder), { recursive: true });
  }
  for (const [path, imports] of Object.entries(modules)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), `${imports.join('\n')}\nexport const own = 1;\n`);
  }
}

async function violationsOf(
  modules: Readonly<Record<string, readonly string[]>>,
): Promise<readonly string[]> {
  await plant(modules);
  return (await checkImports(root, rules)).violations;
}

beforeAll(() => plant({}));
afterAll(() => rm(root, { recursive: true }));

describe('the check of import directions', () => {
  it('passes a tree in order, and counts what it saw', async () => {
    await plant({
      'shared/features/a.ts': ["import { a } from '../calendar/b.ts';"],
      'shared/calendar/b.ts': [],
      'workers/trainer/cli/c.ts': ["import { a } from '../data/d.ts';", "import 'node:fs';"],
      'workers/trainer/data/d.ts': ["import { a } from '../../../shared/features/a.ts';"],
      'dashboard/src/e.tsx': ["import type { a } from '../../workers/api/f.ts';"],
      'workers/api/f.ts': [],
    });
    expect(await checkImports(root, rules)).toEqual({ modules: 6, imports: 4, violations: [] });
  });

  it.each([
    [
      'a circle of files, types included',
      {
        'shared/schemas/a.ts': ["import { a } from './b.ts';"],
        'shared/schemas/b.ts': ["import type { a } from './a.ts';"],
      },
      /^circle: shared\/schemas\/a\.ts -> shared\/schemas\/b\.ts$/,
    ],
    [
      'a folder and one inside it that import each other',
      {
        'workers/api/a.ts': ["import { a } from './routes/b.ts';"],
        'workers/api/c.ts': [],
        'workers/api/routes/b.ts': ["export { a } from '../c.ts';"],
      },
      /^folders that import each other: /,
    ],
    [
      'an arrow against the reading order',
      {
        'workers/trainer/data/a.ts': ["import type { a } from '../evaluate/b.ts';"],
        'workers/trainer/evaluate/b.ts': [],
      },
      /^against the reading order of workers\/trainer: /,
    ],
    [
      'one Worker in another',
      { 'workers/api/a.ts': ["import { a } from '../producer/b.ts';"], 'workers/producer/b.ts': [] },
      /^a process imports no other/,
    ],
    [
      'a user in shared code',
      { 'shared/schemas/a.ts': ["import { a } from '../../workers/api/b.ts';"], 'workers/api/b.ts': [] },
      /^shared code knows none of its users: /,
    ],
    [
      'code of the API in the page',
      { 'dashboard/src/a.ts': ["import { a } from '../../workers/api/b.ts';"], 'workers/api/b.ts': [] },
      /^the page uses the API's type only: /,
    ],
    [
      'research in a command',
      {
        'workers/local/a.ts': ["import { a } from '../trainer/research/b.ts';"],
        'workers/trainer/research/b.ts': [],
      },
      /^research is imported by nothing: /,
    ],
  ])('finds %s', async (_, modules, violation) => {
    expect(await violationsOf(modules)).toEqual([expect.stringMatching(violation)]);
  });

  it('has rules for no folder that does not exist', () => {
    const inOrder = rules.readingOrders.flatMap(({ in: parent, folders }) =>
      folders.map((folder) => `${parent}/${folder}`),
    );
    const inGroups = rules.forbidden.flatMap(({ from }) => {
      const [, parent = '', folders = ''] = /^\^(\w+)\/\(([\w|]+)\)\//.exec(from) ?? [];
      return folders.split('|').map((folder) => `${parent}/${folder}`);
    });
    expect(inGroups).toContain('workers/producer');
    expect([...inOrder, ...inGroups].filter((path) => !existsSync(join(repositoryRoot, path)))).toEqual([]);
  });

  it('stops at an import of a file that is not there', async () => {
    await plant({ 'shared/schemas/a.ts': ["import { a } from './gone.ts';"] });
    await expect(checkImports(root, rules)).rejects.toThrow('shared/schemas/a.ts imports ./gone.ts');
  });
});
