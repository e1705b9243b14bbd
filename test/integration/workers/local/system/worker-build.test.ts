import { cp, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll, expect, it, vi } from 'vitest';
import {
  buildWorker,
  hashSources,
  type WorkerBuild,
} from '../../../../../workers/local/system/worker-build.ts';
import { repositoryRoot } from '../../../../support/processes/local-process.ts';

let root = '';

/** A project with a Worker of one line. */
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'bundle-'));
  await symlink(join(repositoryRoot, 'node_modules'), join(root, 'node_modules'));
  await cp(join(repositoryRoot, 'package.json'), join(root, 'package.json'));
  await write(
    'wrangler.toml',
    'name = "w"\nmain = "workers/worker.ts"\ncompatibility_date = "2026-01-01"\n' +
      '[vars]\nPLACE = "here"\n[triggers]\ncrons = ["*/5 * * * *"]\n',
  );
  await write('workers/worker.ts', worker('one'));
});

async function write(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, name)), { recursive: true });
  await writeFile(join(root, name), text);
}

const worker = (text: string) => `export default { fetch: () => new Response(${JSON.stringify(text)}) };\n`;
const textOf = ({ modules: [entry] }: WorkerBuild) => Buffer.from(entry?.contents ?? []).toString();
const kept = () => join(root, '.cache/worker/standalone.json');

it('is kept until a file that it is made from changes', async () => {
  const first = join(root, 'out-1');
  const built = await buildWorker(root, first);
  expect(textOf(built)).toContain('"one"');
  expect(built.options).toMatchObject({ cronTriggers: ['*/5 * * * *'], bindings: { PLACE: 'here' } });
  const second = join(root, 'out-2');
  const again = await buildWorker(root, second);
  expect(again.modules.map(({ contents }) => contents)).toEqual(
    built.modules.map(({ contents }) => contents),
  );
  expect(again.options).toEqual(JSON.parse(JSON.stringify(built.options)));
  expect(again.modules[0]?.path).toBe(join(second, 'worker.js'));
  await expect(stat(second), 'wrangler did not run').rejects.toThrow('ENOENT');

  await write('workers/worker.ts', worker('two'));
  expect(textOf(await buildWorker(root, second))).toContain('"two"');
});

it('is made again where what was kept is damaged', async () => {
  const whole = await readFile(kept(), 'utf8');
  const note = JSON.parse(whole) as { modules: { base64: string }[] };
  const [entry] = note.modules;
  if (!entry) throw new Error('nothing was kept');
  entry.base64 = Buffer.from(worker('three')).toString('base64');
  for (const damaged of [whole.slice(0, 500), JSON.stringify(note)]) {
    await writeFile(kept(), damaged);
    expect(textOf(await buildWorker(root, join(root, 'out-3')))).toContain('"two"');
    expect(await readFile(kept(), 'utf8')).toBe(whole);
  }
});

it('is made where nothing can be kept', async () => {
  await rm(join(root, '.cache'), { recursive: true });
  await writeFile(join(root, '.cache'), 'a file');
  expect(textOf(await buildWorker(root, join(root, 'out-4')))).toContain('"two"');
});

it('belongs to what it is made from: contents, names and variables', async () => {
  const before = await hashSources(root);
  expect(await hashSources(root)).toBe(before);
  await write('shared/more.ts', '');
  const more = await hashSources(root);
  expect(more).not.toBe(before);
  await rm(join(root, 'shared/more.ts'));
  expect(await hashSources(root)).toBe(before);
  vi.stubEnv('CLOUDFLARE_ENV', 'producer');
  expect(await hashSources(root)).not.toBe(before);
  vi.unstubAllEnvs();
});
