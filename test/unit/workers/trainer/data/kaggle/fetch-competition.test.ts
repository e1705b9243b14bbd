import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readCsvDirectory } from '../../../../../../workers/trainer/data/csv/read-csv-directory.ts';
import { readSource } from '../../../../../../workers/trainer/data/import/load-dataset.ts';
import {
  type CompetitionRequest,
  fetchCompetition,
} from '../../../../../../workers/trainer/data/kaggle/fetch-competition.ts';
import {
  explainWriteFailure,
  KaggleError,
} from '../../../../../../workers/trainer/data/kaggle/kaggle-error.ts';
import { freePort } from '../../../../../support/processes/local-process.ts';
import { KaggleServer, refuse } from '../../../../../support/stand-ins/kaggle-server.ts';
import { zipFile } from '../../../../../support/stand-ins/zip-file.ts';

const SLUG = 'store-sales-time-series-forecasting';
const KEYS = { KAGGLE_USERNAME: 'someone', KAGGLE_KEY: 'secret' };
const BASIC = `Basic ${Buffer.from('someone:secret').toString('base64')}`;

/** Incompressible enough for the archive to arrive in many pieces. */
const days = Array.from({ length: 4000 }, (_, day) => {
  const date = new Date(Date.UTC(2016, 0, 1 + day)).toISOString().slice(0, 10);
  return `${date},7,TEA,${((day * 7919) % 100_003) / 1000},${day % 5}`;
});
const TRAIN = ['date,store_nbr,family,sales,onpromotion', ...days, ''].join('\n');
const STORES = 'store_nbr,city,state,type,cluster\n7,Quito,Pichincha,D,1\n';
const ARCHIVE = zipFile([
  { name: 'train.csv', text: TRAIN },
  { name: 'stores.csv', text: STORES },
  { name: 'sample_submission.txt', text: 'not a table' },
]);

let server: KaggleServer;
let cache: string;
let waits: number[];

beforeEach(async () => {
  server = new KaggleServer(ARCHIVE);
  await server.start();
  cache = await mkdtemp(join(tmpdir(), 'kaggle-'));
  server.hasKept = (bytes) => readdirSync(home()).some((name) => statSync(join(home(), name)).size === bytes);
  waits = [];
});
afterEach(async () => {
  await server.stop();
  await rm(cache, { recursive: true, force: true });
});

const home = () => join(cache, 'kaggle', SLUG);

function fetchFiles(changes: Partial<CompetitionRequest> = {}) {
  return fetchCompetition({
    slug: SLUG,
    cacheDirectory: cache,
    environment: KEYS,
    now: new Date('2026-11-23T03:00:00Z'),
    onProgress: () => undefined,
    baseUrl: server.baseUrl,
    timing: { sleep: async (ms) => void waits.push(ms), random: () => 1, idleMs: 400 },
    ...changes,
  });
}

/** Returns the error, and checks that no partial files are left. */
async function failure(changes: Partial<CompetitionRequest> = {}): Promise<KaggleError> {
  const error = await fetchFiles(changes).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof KaggleError)) throw new Error(`expected an error of Kaggle's, not ${error}`);
  expect(error.message).not.toContain('secret');
  const left = existsSync(home()) ? await readdir(home()) : [];
  expect(left.filter((name) => name.startsWith('files-'))).toHaveLength(
    existsSync(join(home(), 'contents.json')) ? 1 : 0,
  );
  return error;
}

describe("a competition's files", () => {
  it('are downloaded, verified, unpacked, and readable as a dataset', async () => {
    const steps = new Map<string, number>();
    const { directory, notes } = await fetchFiles({
      onProgress: (step, done, total) => {
        expect(done).toBeLessThanOrEqual(total);
        steps.set(step, done);
      },
    });
    expect(notes).toEqual([]);
    expect(await readFile(join(directory, 'train.csv'), 'utf8')).toBe(TRAIN);
    expect((await readdir(directory)).sort()).toEqual(['stores.csv', 'train.csv']);
    expect(steps).toEqual(
      new Map([
        ['downloading', ARCHIVE.length],
        ['unpacking', TRAIN.length + STORES.length],
      ]),
    );
    expect((await readdir(home())).sort()).toEqual(['contents.json', expect.stringMatching(/^files-/)]);
    expect((await readCsvDirectory(directory)).dataset.panel.dayCount).toBe(4000);
  });

  it('are a dataset with the name of the competition, wherever the cache is', async () => {
    for (const [name, value] of Object.entries(KEYS)) vi.stubEnv(name, value);
    const flags = { dataset: 'kaggle', cacheDir: cache, kaggleUrl: server.baseUrl, timeTravel: false };
    const { dataset, notes } = await readSource(flags, () => undefined);
    vi.unstubAllEnvs();
    expect(dataset.name).toBe(SLUG);
    expect(dataset.stores.map(({ city }) => city)).toEqual(['Quito']);
    expect(notes).toEqual([]);
  });

  it('are requested with the key, which the storage never receives', async () => {
    await fetchFiles();
    expect(server.seen.map(({ at, authorization }) => [at, authorization])).toEqual([
      ['api', BASIC],
      ['storage', undefined],
    ]);
    await fetchFiles({ environment: { ...KEYS, KAGGLE_API_TOKEN: 'token' } });
    expect(server.seen[2]?.authorization).toBe('Bearer token');
  });

  it('are downloaded again only after a change, and then replaced', async () => {
    const first = await fetchFiles();
    const second = await fetchFiles();
    expect(second.directory).toBe(first.directory);
    expect(second.notes.join()).toMatch(/have not changed since 2026-11-23T03:00/);
    expect(server.seen.at(-1)?.ifNoneMatch).toBe(server.etag);

    server.archive = zipFile([{ name: 'train.csv', text: TRAIN.replace('TEA', 'TOYS') }]);
    const third = await fetchFiles();
    expect(third.directory).not.toBe(first.directory);
    expect(existsSync(first.directory)).toBe(false);
    expect(await readFile(join(third.directory, 'train.csv'), 'utf8')).toContain('TOYS');
  });

  it('are downloaded again if the cache has lost one of them', async () => {
    const first = await fetchFiles();
    await rm(join(first.directory, 'stores.csv'));
    const second = await fetchFiles();
    expect(await readFile(join(second.directory, 'stores.csv'), 'utf8')).toBe(STORES);
  });

  it('are resumed where the connection broke', async () => {
    server.storage.push((response, request) => {
      server.send(request, response, 5000);
      return true;
    });
    server.storage.push((response, request) => {
      server.send(request, response, 3000);
      return true;
    });
    const { directory } = await fetchFiles();
    expect(await readFile(join(directory, 'train.csv'), 'utf8')).toBe(TRAIN);
    const ranges = server.seen.filter(({ at }) => at === 'storage');
    expect(ranges.map(({ range, ifRange }) => [range, ifRange])).toEqual([
      [undefined, undefined],
      ['bytes=5000-', server.etag],
      ['bytes=8000-', server.etag],
    ]);
    expect(waits).toEqual([1000, 1000]);
  });

  it('are resumed by the next run', async () => {
    const brief = { sleep: async () => undefined, idleMs: 400, attempts: 1 };
    server.storage.push((response, request) => {
      server.send(request, response, 5000);
      return true;
    });
    expect((await failure({ timing: brief })).kind).toBe('unavailable');
    await fetchFiles();
    expect(server.seen.at(-1)?.range).toBe('bytes=5000-');
  });

  it('are downloaded from the start if they have changed meanwhile, or the server has no strong ETag', async () => {
    const cutOff = (
      response: Parameters<KaggleServer['send']>[1],
      request: Parameters<KaggleServer['send']>[0],
    ) => {
      server.send(request, response, 5000);
      server.archive = zipFile([{ name: 'train.csv', text: TRAIN.replace('TEA', 'TOYS') }]);
      return true;
    };
    server.storage.push(cutOff);
    const { directory } = await fetchFiles();
    expect(await readFile(join(directory, 'train.csv'), 'utf8')).toContain('TOYS');

    server.hasEtag = false;
    server.storage.push(cutOff);
    const again = await fetchFiles();
    expect(server.seen.at(-1)?.range).toBeUndefined();
    expect(await readFile(join(again.directory, 'train.csv'), 'utf8')).toContain('TOYS');
  });

  it('survive a server that resumes at the wrong byte', async () => {
    server.storage.push((response, request) => {
      server.send(request, response, 5000);
      return true;
    });
    // Without hashes only the start of the byte range shows it.
    server.hasHashes = false;
    server.storage.push((response) => {
      const range = `bytes 5010-${ARCHIVE.length - 1}/${ARCHIVE.length}`;
      response.writeHead(206, { etag: server.etag, 'content-range': range }).end(ARCHIVE.subarray(5010));
      return true;
    });
    const { directory } = await fetchFiles();
    expect(await readFile(join(directory, 'train.csv'), 'utf8')).toBe(TRAIN);
  });

  it('survive a connection that stalls', async () => {
    server.storage.push((response) => {
      response.writeHead(200, { etag: server.etag, 'content-length': String(ARCHIVE.length) });
      response.write(ARCHIVE.subarray(0, 2000));
      return true;
    });
    const { directory } = await fetchFiles();
    expect(await readFile(join(directory, 'train.csv'), 'utf8')).toBe(TRAIN);
    expect(server.seen.at(-1)?.range).toBe('bytes=2000-');
  });

  it('survive an expired address, and a busy server', async () => {
    server.storage.push((response) => {
      response.writeHead(403).end('<Error><Code>ExpiredToken</Code></Error>');
      return true;
    });
    server.api.push(() => false, refuse(503, 'busy'), refuse(429, 'slow down', { 'retry-after': '7' }));
    await fetchFiles();
    expect(waits).toEqual([1000, 2000, 7000]);
  });

  it('may come from Kaggle itself, without a redirect', async () => {
    server.api.push((response) => {
      response.writeHead(200, { 'content-length': String(ARCHIVE.length) }).end(ARCHIVE);
      return true;
    });
    const { directory } = await fetchFiles();
    expect(await readFile(join(directory, 'train.csv'), 'utf8')).toBe(TRAIN);
    expect(server.seen).toHaveLength(1);
  });

  it('are taken from the cache while Kaggle is unreachable, with a note', async () => {
    const { directory } = await fetchFiles();
    const baseUrl = `http://127.0.0.1:${await freePort()}`;
    const away = { baseUrl, timing: { sleep: async () => undefined, attempts: 2 } };
    const second = await fetchFiles(away);
    expect(second.directory).toBe(directory);
    expect(second.notes.join()).toMatch(/the files of 2026-11-23T03:00:00.000Z are used: .*ECONNREFUSED/);
    // A refused key is reported whatever the cache holds.
    server.api.push(refuse(401, 'Unauthenticated'));
    expect((await failure()).kind).toBe('unauthorized');
    expect(existsSync(directory)).toBe(true);
  });
});

describe('what stops a download', () => {
  it.each([
    [
      'missing-keys',
      { environment: {} },
      /KAGGLE_USERNAME and KAGGLE_KEY are not set\. Create an API key at https/,
    ],
    ['missing-keys', { environment: { KAGGLE_USERNAME: 'x' } }, /^KAGGLE_KEY is not set/],
    ['bad-name', { slug: '../x' }, /"\.\.\/x" is not the name of a competition/],
  ] as const)('%s', async (kind, changes, message) => {
    const error = await failure(changes);
    expect(error.kind).toBe(kind);
    expect(error.message).toMatch(message);
    expect(server.seen).toEqual([]);
  });

  const RULES = "You must accept this competition's rules before you'll be able to download files.";
  it.each([
    ['unauthorized', 401, 'Unauthenticated', /does not accept the key \(status 401: Unauthenticated\)/],
    [
      'rules-not-accepted',
      403,
      RULES,
      /competitions\/store-sales-time-series-forecasting\/rules with the account/,
    ],
    [
      'forbidden',
      403,
      "Permission 'competitions.participate' was denied",
      /participate' was denied\)\. Open/,
    ],
    ['not-found', 404, 'Not found', /no files of a competition "store-sales/],
    ['unexpected-answer', 418, 'teapot', /answers with status 418: teapot/],
  ] as const)('%s: status %i', async (kind, status, text, message) => {
    server.api.push(refuse(status, text));
    const error = await failure();
    expect(error.kind).toBe(kind);
    expect(error.message).toMatch(message);
    expect(server.seen).toHaveLength(1);
  });

  it('a server that is busy for longer than a run should wait, or repeatedly', async () => {
    server.api.push(refuse(429, 'Too many requests', { 'retry-after': '3600' }));
    const limited = await failure();
    expect(limited.kind).toBe('rate-limited');
    expect(limited.message).toMatch(
      /status 429: Too many requests \(1 try in a row\)\. Try again in 60 minutes/,
    );
    expect(waits).toEqual([]);

    server.api.push(...Array(5).fill(refuse(502, '')));
    const away = await failure();
    expect(away.kind).toBe('unavailable');
    expect(away.message).toMatch(/status 502 \(5 tries in a row\)/);
    expect(waits).toEqual([1000, 2000, 4000, 8000]);
  });

  it('an archive with the wrong checksum, after a second attempt', async () => {
    const damage = (response: Parameters<KaggleServer['send']>[1]) => {
      const damaged = Buffer.from(ARCHIVE);
      damaged[4000] = (damaged[4000] ?? 0) ^ 1;
      const headers = {
        etag: server.etag,
        'content-length': String(damaged.length),
        'x-goog-hash': server.hashes,
      };
      response.writeHead(200, headers).end(damaged);
      return true;
    };
    server.storage.push(damage, damage);
    const error = await failure();
    expect(error.kind).toBe('broken-download');
    expect(error.message).toMatch(/md5 checksum/);
    expect(await readdir(home())).toEqual([]);
    server.storage.push(damage);
    await fetchFiles();
  });

  it.each([
    ['broken-archive', 'cut off', ARCHIVE.subarray(0, 9000), /the archive is damaged/],
    ['broken-archive', 'a page of HTML', Buffer.from('<html>'.repeat(50)), /the archive is damaged/],
    [
      'broken-archive',
      'a wrong CRC',
      zipFile([{ name: 'train.csv', text: TRAIN, crc: 1 }]),
      /damaged at train.csv: its checksum/,
    ],
    [
      'broken-archive',
      'less in it than it says',
      zipFile([{ name: 'train.csv', text: TRAIN, claimedBytes: TRAIN.length + 1 }]),
      /damaged at train.csv/,
    ],
    [
      'broken-archive',
      'encrypted',
      zipFile([{ name: 'train.csv', text: TRAIN, isEncrypted: true }]),
      /encrypted/,
    ],
    [
      'unsafe-archive',
      'a way out',
      zipFile([{ name: '../../train.csv', text: TRAIN }]),
      /leads out of the directory/,
    ],
    ['unsafe-archive', 'an absolute path', zipFile([{ name: '/tmp/train.csv', text: TRAIN }]), /leads out/],
    ['unsafe-archive', 'backslashes', zipFile([{ name: '..\\train.csv', text: TRAIN }]), /leads out/],
    [
      'unsafe-archive',
      'two of one name',
      zipFile([
        { name: 'a/train.csv', text: TRAIN },
        { name: 'b/train.csv', text: TRAIN },
      ]),
      /two files train.csv/,
    ],
    [
      'no-sales',
      'other files',
      zipFile([
        { name: 'a.csv', text: 'x' },
        { name: 'b.txt', text: 'x' },
      ]),
      /no train.csv, but a.csv, b.txt\. Name/,
    ],
    ['no-sales', 'nothing', zipFile([]), /no train.csv, but nothing/],
  ] as const)('%s: an archive with %s', async (kind, _, archive, message) => {
    server.archive = archive;
    const error = await failure();
    expect(error.kind).toBe(kind);
    expect(error.message).toMatch(message);
    expect(await readdir(home())).toEqual([]);
    expect(existsSync(join(cache, 'train.csv'))).toBe(false);
    // The next run starts over.
    server.archive = ARCHIVE;
    await fetchFiles();
  });

  it('too little disk space, before a byte is written', async () => {
    server.storage.push((response) => {
      response.writeHead(200, { etag: server.etag, 'content-length': String(1e15) }).write('x');
      return true;
    });
    const error = await failure();
    expect(error.kind).toBe('disk-full');
    expect(error.message).toMatch(
      /1000000000 MB are needed and \d+ MB are free\. Free some space, or choose another directory/,
    );
  });

  it('a full disk nevertheless', async () => {
    const reason = await writeFile('/dev/full', 'x').catch((error: unknown) => error);
    expect(explainWriteFailure(reason, '/somewhere')).toMatchObject({ kind: 'disk-full' });
    const other = new Error('other');
    expect(explainWriteFailure(other, '/somewhere')).toBe(other);
  });

  it('an unsafe redirect, or a redirect loop', async () => {
    server.api.push((response) => {
      response.writeHead(302, { location: 'ftp://127.0.0.1/archive.zip' }).end();
      return true;
    });
    expect((await failure()).kind).toBe('unexpected-answer');
    const around = (response: Parameters<KaggleServer['send']>[1]) => {
      response.writeHead(302, { location: server.storageUrl }).end();
      return true;
    };
    server.storage.push(...Array(6).fill(around));
    expect((await failure()).message).toMatch(/redirects more than 5 times/);
  });

  it('leaves the earlier files in place', async () => {
    const first = await fetchFiles();
    server.archive = zipFile([{ name: 'other.csv', text: 'x' }]);
    expect((await failure()).kind).toBe('no-sales');
    expect(await readFile(join(first.directory, 'train.csv'), 'utf8')).toBe(TRAIN);
    server.archive = ARCHIVE;
    expect((await fetchFiles()).directory).toBe(first.directory);
  });

  it('ignores damaged leftovers in the cache', async () => {
    await mkdir(home(), { recursive: true });
    await writeFile(join(home(), 'contents.json'), '{"schema_version":1}');
    await writeFile(join(home(), 'archive.zip.part'), 'garbage');
    await writeFile(join(home(), 'archive.zip.part.json'), '{}');
    const { directory } = await fetchFiles();
    expect(await readFile(join(directory, 'train.csv'), 'utf8')).toBe(TRAIN);
  });
});
