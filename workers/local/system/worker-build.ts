import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { glob, readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { createDirectory } from '../../trainer/data/create-directory.ts';
import { readNote, writeNote } from '../../trainer/data/note-file.ts';
import { StartError } from '../command-line/start-error.ts';

/** One module of a bundled Worker, in Miniflare's format. */
export interface WorkerModule {
  readonly type: 'ESModule' | 'CompiledWasm';
  readonly path: string;
  readonly contents: Uint8Array<ArrayBuffer>;
}

/** The options of a Worker in miniflare's format, of which only these are read here; the rest is passed on unchanged. */
export interface WorkerOptions {
  readonly bindings?: Readonly<Record<string, string>>;
  readonly cronTriggers?: string[];
}

/** A Worker as wrangler makes it of the sources and wrangler.toml. */
export interface WorkerBuild {
  /** The entry point first. */
  readonly modules: readonly WorkerModule[];
  /** Without secrets, which are given at start. */
  readonly options: WorkerOptions;
}

const run = promisify(execFile);

/** Everything that a build is made from, below the root. */
const SOURCES = [
  'wrangler.toml',
  '.dev.vars*',
  '.env*',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'shared/*.ts',
  'shared/*/**/*.ts',
  'shared/xgboost-wasm/dist/**/*.{js,wasm}',
  'workers/**/*.ts',
];
/** Variables by which wrangler bundles something else. */
const VARIABLES = ['NODE_ENV', 'CLOUDFLARE_ENV'];

const keptSchema = z.object({
  sources: z.string(),
  /** SHA-256 of the rest, as it is written. */
  checksum: z.string(),
  options: z.looseObject({
    bindings: z.record(z.string(), z.string()).optional(),
    cronTriggers: z.array(z.string()).optional(),
  }),
  modules: z.array(
    z.object({ type: z.enum(['ESModule', 'CompiledWasm']), name: z.string(), base64: z.base64() }),
  ),
});
type Kept = z.infer<typeof keptSchema>;

/**
 * Builds a Worker exactly as a deployment would, by wrangler itself. The build is kept in `.cache` and used again while
 * nothing that it is made from has changed, because wrangler takes seconds.
 *
 * @param outDir is emptied before wrangler writes to it: it leaves files of an earlier bundle there, and names its entry
 *   point after `main`
 * @param environment of wrangler.toml; the standalone Worker by default.
 * @param hashed what `hashSources` has just returned, where several are built of the same sources.
 * @throws {StartError} with what wrangler says, when it cannot bundle.
 */
export async function buildWorker(
  root: string,
  outDir: string,
  environment?: string,
  hashed?: string,
): Promise<WorkerBuild> {
  const sources = hashed ?? (await hashSources(root));
  const path = join(root, '.cache', 'worker', `${environment ?? 'standalone'}.json`);
  const kept = await readNote(path, keptSchema).catch(() => null);
  if (kept !== null && kept.sources === sources && kept.checksum === checksumOf(kept)) {
    const modules = kept.modules.map(({ type, name, base64 }) => ({
      type,
      path: join(outDir, name),
      contents: new Uint8Array(Buffer.from(base64, 'base64')),
    }));
    return { modules, options: kept.options as WorkerOptions };
  }
  const [modules, options] = await Promise.all([
    bundle(root, outDir, environment),
    readWorkerOptions(root, environment),
  ]);
  await keep(path, sources, { modules, options });
  return { modules, options };
}

async function bundle(
  root: string,
  outDir: string,
  environment: string | undefined,
): Promise<WorkerModule[]> {
  await runWrangler(root, outDir, environment);
  const names = await readdir(outDir);
  return Promise.all(
    names
      .filter((name) => name.endsWith('.js') || name.endsWith('.wasm'))
      .sort((a, b) => Number(b.endsWith('.js')) - Number(a.endsWith('.js')))
      .map(async (name) => ({
        type: name.endsWith('.wasm') ? ('CompiledWasm' as const) : ('ESModule' as const),
        path: join(outDir, name),
        contents: new Uint8Array(await readFile(join(outDir, name))),
      })),
  );
}

/** A hash of everything that a build is made from: the place, names and contents of the files, and variables. */
export async function hashSources(root: string): Promise<string> {
  const hash = createHash('sha256').update(`${root}\n`);
  for (const name of VARIABLES) hash.update(`${name}=${process.env[name] ?? ''}\n`);
  const names: string[] = [];
  for await (const name of glob(SOURCES, { cwd: root })) names.push(name);
  for (const name of names.sort()) {
    const content = await readFile(join(root, name));
    hash.update(`${name} ${content.length}\n`).update(content);
  }
  return hash.digest('hex');
}

function checksumOf({ modules, options }: Pick<Kept, 'modules' | 'options'>): string {
  return createHash('sha256')
    .update(JSON.stringify([modules, options]))
    .digest('hex');
}

/** Where it cannot be kept, the next start builds again. */
async function keep(path: string, sources: string, build: WorkerBuild): Promise<void> {
  const modules = build.modules.map(({ type, path: file, contents }) => ({
    type,
    name: basename(file),
    base64: Buffer.from(contents).toString('base64'),
  }));
  // As it is read back: wrangler leaves many options undefined.
  const options = keptSchema.shape.options.parse(JSON.parse(JSON.stringify(build.options)));
  const kept: Kept = { sources, checksum: checksumOf({ modules, options }), options, modules };
  try {
    await createDirectory(dirname(path));
    await writeNote(path, JSON.stringify(kept));
  } catch {
    // Another start may be writing it, or nobody may.
  }
}

async function runWrangler(root: string, outDir: string, environment: string | undefined): Promise<void> {
  await rm(outDir, { recursive: true, force: true });
  try {
    await run(
      'wrangler',
      [
        ...['deploy', '--dry-run', '--outdir', outDir, '--config', join(root, 'wrangler.toml')],
        ...(environment === undefined ? [] : ['--env', environment]),
      ],
      {
        cwd: root,
        env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: 'true' },
        maxBuffer: 16 * 1024 * 1024,
        shell: process.platform === 'win32',
      },
    );
  } catch (error) {
    const output = error as { stdout?: string; stderr?: string };
    throw new StartError(
      `The Worker could not be bundled.\n${output.stderr || output.stdout || String(error)}`,
      'Run `npm install`, then `npm run check`, and fix what they report.',
      { cause: error },
    );
  }
}

type ResolvedConfig = Parameters<typeof import('wrangler').unstable_getMiniflareWorkerOptions>[0];

/**
 * The options of a Worker in wrangler.toml, without secrets, which are given at start.
 *
 * @param environment the standalone Worker by default.
 */
async function readWorkerOptions(root: string, environment: string | undefined): Promise<WorkerOptions> {
  // 10 MB of code, of which a start with a kept build needs none.
  const { unstable_getMiniflareWorkerOptions, unstable_readConfig } = await import('wrangler');
  const { secrets: _, ...read }: ResolvedConfig = unstable_readConfig(
    { config: join(root, 'wrangler.toml'), ...(environment !== undefined && { env: environment }) },
    { hideWarnings: true },
  );
  // All clients of one machine have the same address.
  const config = { ...read, ratelimits: read.ratelimits.filter(({ name }) => name !== 'REQUEST_LIMITER') };
  // Wrangler has its own copy of miniflare, with distinct types of the same shape.
  return unstable_getMiniflareWorkerOptions(config, environment).workerOptions as WorkerOptions;
}

/**
 * The cron patterns of a Worker, and its time zone.
 *
 * @throws {Error} where wrangler.toml lacks them: with a guess, days would begin at other times than in the
 *   deployment.
 */
export function readSchedule({ bindings, cronTriggers }: WorkerOptions): {
  readonly timeZone: string;
  readonly crons: readonly string[];
} {
  const timeZone = bindings?.BUSINESS_TIME_ZONE;
  if (timeZone === undefined) throw new Error('wrangler.toml has no variable BUSINESS_TIME_ZONE');
  if (!cronTriggers?.length) throw new Error('wrangler.toml has no cron trigger');
  return { timeZone, crons: cronTriggers };
}
