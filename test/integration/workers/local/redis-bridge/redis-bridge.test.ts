import { spawn } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'redis';
import { expect, it } from 'vitest';
import { createUpstashClient } from '../../../../../shared/sales-store/upstash/redis-client.ts';
import { findProcesses, usesDirectory } from '../../../../../workers/local/processes/find-processes.ts';
import { startRedisBridge } from '../../../../../workers/local/redis-bridge/redis-bridge.ts';
import { LEFTOVER_FILE, startRedis } from '../../../../../workers/local/redis-bridge/redis-process.ts';
import { MAX_REQUEST_BYTES } from '../../../../../workers/local/redis-bridge/rest-server.ts';
import { freePort, startLocalProcess } from '../../../../support/processes/local-process.ts';
import { describeWithRedis } from '../../../../support/redis/with-redis.ts';

describeWithRedis('the bridge', (bridge) => {
  const ask = async (
    path: string,
    init: { body?: unknown; method?: string; headers?: Record<string, string>; token?: string | null } = {},
  ) => {
    const { body, method = 'POST', headers = {}, token = bridge().token } = init;
    const authorization: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(bridge().url + path, {
      method,
      headers: { ...authorization, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown) };
  };

  it('answers a command in each of its shapes', async () => {
    expect(await ask('/', { body: ['SET', 'shape', 'é "\n🛒'] })).toEqual({
      status: 200,
      body: { result: 'OK' },
    });
    expect(await ask('/', { body: ['GET', 'shape'] })).toEqual({ status: 200, body: { result: 'é "\n🛒' } });
    expect((await ask('/', { body: ['GET', 'nothing'] })).body).toEqual({ result: null });
    expect((await ask('/', { body: ['INCRBY', 'number', 41] })).body).toEqual({ result: 41 });
    await ask('/', { body: ['XADD', 'log', '1-0', 'a', true] });
    expect((await ask('/', { body: ['XRANGE', 'log', '-', '+'] })).body).toEqual({
      result: [['1-0', ['a', 'true']]],
    });
  });

  it('takes commands from the path, with a body as last argument and the query after it', async () => {
    expect((await ask('/set/path%20key/a%2Fb', { method: 'GET' })).body).toEqual({ result: 'OK' });
    expect((await ask('/get/path%20key', { method: 'GET' })).body).toEqual({ result: 'a/b' });
    await ask('/set/path?EX=100', { body: 'the body' });
    expect((await ask('/get/path')).body).toEqual({ result: 'the body' });
    const { body } = await ask('/ttl/path');
    expect((body as { result: number }).result).toBeGreaterThan(90);
  });

  it('keeps long numbers and texts that look like values as they are', async () => {
    const client = createUpstashClient({ url: bridge().url, token: bridge().token });
    for (const value of ['12345678901234567890', '12.50', 'true', 'null', '{"a":1}', '']) {
      await client.exec(['SET', 'text', value]);
      expect(await client.exec(['GET', 'text'])).toBe(value);
    }
  });

  it('encodes every text in base64 when asked, but not a lone OK, and not numbers', async () => {
    const headers = { 'Upstash-Encoding': 'base64' };
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    expect((await ask('/', { body: ['SET', 'b', 'OK'], headers })).body).toEqual({ result: 'OK' });
    await ask('/', { body: ['RPUSH', 'list of b', 'OK', 'ü'] });
    expect((await ask('/', { body: ['LRANGE', 'list of b', 0, -1], headers })).body).toEqual({
      result: [base64('OK'), base64('ü')],
    });
    expect((await ask('/', { body: ['LLEN', 'list of b'], headers })).body).toEqual({ result: 2 });
    expect(
      (
        await ask('/pipeline', {
          body: [
            ['GET', 'none'],
            ['TYPE', 'b'],
          ],
          headers,
        })
      ).body,
    ).toEqual([{ result: null }, { result: base64('string') }]);
  });

  it('keeps an error of one command in its place of a pipeline', async () => {
    const body = [
      ['SET', 'p', 'x'],
      ['INCR', 'p'],
      ['CONFIG', 'GET', '*'],
      ['GET', 'p'],
    ];
    const answer = await ask('/pipeline', { body });
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual([
      { result: 'OK' },
      { error: 'ERR value is not an integer or out of range' },
      { error: expect.stringContaining("Command is not available: 'CONFIG'") },
      { result: 'x' },
    ]);
  });

  it('carries out a transaction without anything in between, and without undoing', async () => {
    await ask('/', { body: ['SET', 'balance', '0'] });
    const transfer = [
      ['INCRBY', 'balance', '10'],
      ['DECRBY', 'balance', '10'],
    ];
    const transactions = Array.from({ length: 40 }, () => ask('/multi-exec', { body: transfer }));
    const readings = Array.from({ length: 40 }, () => ask('/', { body: ['GET', 'balance'] }));
    for (const { body } of await Promise.all(transactions))
      expect(body).toEqual([{ result: 10 }, { result: 0 }]);
    for (const { body } of await Promise.all(readings)) expect(body).toEqual({ result: '0' });
    const failing = [
      ['INCR', 'balance'],
      ['LPUSH', 'balance', 'x'],
      ['INCR', 'balance'],
    ];
    expect((await ask('/multi-exec', { body: failing })).body).toEqual([
      { result: 1 },
      { error: expect.stringContaining('WRONGTYPE') },
      { result: 2 },
    ]);
  });

  it('refuses a transaction as a whole when one command is none', async () => {
    const answer = await ask('/multi-exec', {
      body: [
        ['SET', 'whole', '1'],
        ['SET', 'whole'],
      ],
    });
    expect(answer).toEqual({ status: 400, body: { error: expect.stringContaining('EXECABORT') } });
    expect((await ask('/get/whole')).body).toEqual({ result: null });
    expect(
      (
        await ask('/multi-exec', {
          body: [
            ['SET', 'whole', '1'],
            ['WATCH', 'whole'],
          ],
        })
      ).status,
    ).toBe(400);
    expect((await ask('/get/whole')).body).toEqual({ result: null });
  });

  it.each([
    ['an unknown command', ['NONSENSE'], /unknown command/],
    ['a wrong number of arguments', ['GET'], /wrong number of arguments/],
    ['a wrong type', ['INCR', 'log'], /WRONGTYPE/],
    ['null', ['SET', 'k', null], /null args are not supported/],
    ['a nested argument', ['SET', 'k', ['v']], /null args are not supported/],
    ['no command', [], /empty command/],
    ['no array', { set: 1 }, /failed to parse/],
    ['no JSON', '["GET"', /failed to parse/],
    ['a blocking read', ['XREAD', 'BLOCK', '0', 'STREAMS', 'log', '$'], /not available/],
    ['a blocking pop', ['blpop', 'log', '0'], /not available/],
    ['SELECT', ['SELECT', '1'], /not available/],
    ['SHUTDOWN', ['SHUTDOWN', 'NOSAVE'], /not available/],
  ])('answers 400 to %s', async (_, body, message) => {
    await ask('/', { body: ['XADD', 'log', '*', 'a', 'b'] });
    const answer = await ask('/', { body });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ error: expect.stringMatching(message) });
  });

  it('asks for the token, in the header or the query, on every route', async () => {
    for (const path of ['/', '/pipeline', '/multi-exec', '/get/a']) {
      expect((await ask(path, { body: [['GET', 'a']], token: null })).status).toBe(401);
      expect((await ask(path, { body: [['GET', 'a']], token: 'wrong' })).status).toBe(401);
    }
    expect((await ask(`/get/a?_token=${bridge().token}`, { token: null })).body).toEqual({ result: null });
    expect((await ask('/get/a', { method: 'DELETE' })).status).toBe(405);
  });

  it('lets the read-only token read, but neither write nor go through all keys', async () => {
    const token = bridge().readOnlyToken;
    expect((await ask('/get/shape', { token })).status).toBe(200);
    const script = (command: string) => [command, "return redis.call('GET', KEYS[1])", 1, 'a'];
    expect((await ask('/', { body: script('EVAL_RO'), token })).status).toBe(200);
    for (const body of [['SET', 'a', '1'], ['KEYS', '*'], ['SCAN', '0'], ['FLUSHALL'], script('EVAL')]) {
      expect(await ask('/', { body, token })).toEqual({
        status: 400,
        body: { error: expect.stringMatching(/^NOPERM/) },
      });
    }
  });

  it('takes the flag for locking by key, which redis-server does not know, out of scripts', async () => {
    const source = '#!lua flags=allow-key-locking\nreturn 7';
    expect((await ask('/', { body: ['EVAL', source, 0] })).body).toEqual({ result: 7 });
    const reading = "#!lua flags=no-writes,allow-key-locking\nreturn redis.call('SET', KEYS[1], 1)";
    expect((await ask('/', { body: ['EVAL', reading, 1, 'a'] })).status).toBe(400);
  });

  it('refuses a request of more than 10 MB, and takes one just below', async () => {
    const sized = (bytes: number) => {
      const empty = JSON.stringify(['SET', 'big', '']);
      return JSON.stringify(['SET', 'big', 'x'.repeat(bytes - empty.length)]);
    };
    expect((await ask('/', { body: sized(MAX_REQUEST_BYTES) })).body).toEqual({ result: 'OK' });
    const answer = await ask('/', { body: sized(MAX_REQUEST_BYTES + 1) });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ error: expect.stringMatching(/max request size exceeded/) });
    await ask('/del/big');
  });

  it('counts the commands inside scripts and transactions', async () => {
    const before = await bridge().billedCommands();
    await ask('/', {
      body: ['EVAL', "redis.call('SET', KEYS[1], 1) return redis.call('GET', KEYS[1])", 1, 'c'],
    });
    await ask('/multi-exec', {
      body: [
        ['GET', 'c'],
        ['GET', 'c'],
      ],
    });
    const after = await bridge().billedCommands();
    const calls = ['eval', 'set', 'get', 'multi', 'exec', 'info'].map(
      (name) => (after.get(name) ?? 0) - (before.get(name) ?? 0),
    );
    expect(calls).toEqual([1, 1, 3, 0, 0, 0]);
  });

  it('breaks on demand: before, after, late, and with the answer of a gateway', async () => {
    const increment = () => ask('/', { body: ['INCR', 'faulty'] });
    const value = async () => (await ask('/get/faulty')).body;
    const breakNext = (fault: Parameters<ReturnType<typeof bridge>['injectFaults']>[0]) =>
      bridge().injectFaults(fault);
    breakNext(({ number }) => (number === 0 ? { kind: 'drop-before' } : null));
    await expect(increment()).rejects.toThrow('fetch failed');
    expect(await value()).toEqual({ result: null });
    breakNext(({ number }) => (number === 0 ? { kind: 'drop-after' } : null));
    await expect(increment()).rejects.toThrow('fetch failed');
    expect(await value()).toEqual({ result: '1' });
    breakNext(({ number }) =>
      number < 2 ? { kind: 'status', status: 503, carriedOut: number === 1 } : null,
    );
    expect((await increment()).status).toBe(503);
    expect((await increment()).status).toBe(503);
    expect(await value()).toEqual({ result: '2' });
    breakNext(({ number }) => (number === 0 ? { kind: 'delay', ms: 30 } : null));
    const asked = performance.now();
    expect((await increment()).body).toEqual({ result: 3 });
    // Timers may fire up to a millisecond early.
    expect(performance.now() - asked).toBeGreaterThanOrEqual(29);
    breakNext(null);
  });

  it('serves a client that sends its request in pieces', async () => {
    const { url, token } = bridge();
    const body = await new Promise<string>((resolve, reject) => {
      const request = httpRequest(
        url,
        { method: 'POST', headers: { authorization: `Bearer ${token}` } },
        (response) => {
          let text = '';
          response.on('data', (chunk: Buffer) => {
            text += chunk.toString();
          });
          response.on('end', () => resolve(text));
        },
      );
      request.on('error', reject);
      request.write('["ECHO","');
      setImmediate(() => request.end('pieces"]'));
    });
    expect(JSON.parse(body)).toEqual({ result: 'pieces' });
  });
});

describeWithRedis(
  'redis-server killed and started again',
  (bridge) => {
    it('has what was answered before, when every write is synced', async () => {
      const client = createUpstashClient({ url: bridge().url, token: bridge().token });
      await client.exec(['SET', 'kept', 'yes']);
      const before = bridge().redisPid;
      await bridge().crashAndRestart();
      expect(bridge().redisPid).not.toBe(before);
      expect(await client.exec(['GET', 'kept'])).toBe('yes');
    });

    it('is started again by itself when it ends or stops answering, at the same address and with its data', async () => {
      const dataDir = await mkdtemp(join(tmpdir(), 'redis-supervised-'));
      const log: string[] = [];
      const own = await startRedisBridge({
        ...{ dataDir, appendfsync: 'always', silentAfterMs: 500, onLog: (line) => void log.push(line) },
      });
      const client = createUpstashClient({ url: own.url, token: own.token });
      await client.exec(['SET', 'supervised', 'yes']);
      for (const signal of ['SIGKILL', 'SIGSTOP'] as const) {
        const before = own.redisPid;
        process.kill(before, signal);
        await expect.poll(() => own.redisPid, { timeout: 20_000 }).not.toBe(before);
        const read = () => client.exec(['GET', 'supervised']).catch((error: Error) => error.message);
        await expect.poll(read, { timeout: 20_000 }).toBe('yes');
      }
      expect(log).toEqual([
        'redis-server ended unexpectedly and is started again on the same files',
        'redis-server does not answer and is started again on the same files',
      ]);
      await own.stop();
      await rm(dataDir, { recursive: true });
    });

    it('is reached again when the connections to it were cut while it runs', async () => {
      const dataDir = await mkdtemp(join(tmpdir(), 'redis-cut-'));
      const own = await startRedisBridge({ dataDir });
      const client = createUpstashClient({ url: own.url, token: own.token });
      await client.exec(['SET', 'connection', 'made again']);
      const { port, password } = JSON.parse(await readFile(join(dataDir, LEFTOVER_FILE), 'utf8')) as {
        readonly port: number;
        readonly password: string;
      };
      const operator = await createClient({ password, socket: { host: '127.0.0.1', port } }).connect();
      const { redisPid } = own;
      expect(Number(await operator.sendCommand(['CLIENT', 'KILL', 'TYPE', 'normal']))).toBeGreaterThan(0);
      operator.destroy();
      const read = () => client.exec(['GET', 'connection']).catch((error: Error) => error.message);
      await expect.poll(read, { timeout: 10_000 }).toBe('made again');
      expect(own.redisPid).toBe(redisPid);
      await own.stop();
      await rm(dataDir, { recursive: true });
    });

    it('is ended at the next start when the process that started it was killed', async () => {
      const dataDir = await mkdtemp(join(tmpdir(), 'redis-leftover-'));
      const abandoned = await startRedis({ dataDir, appendfsync: 'always' });
      const next = await startRedis({ dataDir, appendfsync: 'always' });
      await abandoned.ended;
      expect(next.pid).not.toBe(abandoned.pid);
      await next.stop();
      expect(await readdir(dataDir)).not.toContain(LEFTOVER_FILE);
      await rm(dataDir, { recursive: true });
    });

    it('is ended at the next start when that process was killed before redis-server was ready', async () => {
      const dataDir = await mkdtemp(join(tmpdir(), 'redis-early-'));
      const module = new URL('../../../../../workers/local/redis-bridge/redis-process.ts', import.meta.url);
      const script = `import { startRedis } from ${JSON.stringify(module.href)};
        await startRedis({ dataDir: ${JSON.stringify(dataDir)}, appendfsync: 'always' });`;
      const starting = spawn(process.execPath, ['--input-type=module', '--eval', script]);
      const ofThatProcess = async () =>
        (await findProcesses()).filter(
          ({ parent, name }) => parent === starting.pid && name === 'redis-server',
        );
      await expect.poll(ofThatProcess, { timeout: 20_000, interval: 5 }).toHaveLength(1);
      const [orphan] = await ofThatProcess();
      starting.kill('SIGKILL');
      const next = await startRedis({ dataDir, appendfsync: 'always' });
      expect((await findProcesses()).find(({ pid }) => pid === orphan?.pid)).toBeUndefined();
      await next.stop();
      await rm(dataDir, { recursive: true });
    });

    it('is ended with npm start, also where that ends before it is ready', async () => {
      const dataDir = await mkdtemp(join(tmpdir(), 'redis-ended-'));
      const size = ['--stores', '2', '--families', '3'];
      const starting = startLocalProcess(
        ['--data-dir', dataDir, '--store', 'redis', ...size],
        await freePort(),
      );
      starting.catch(() => undefined);
      const ofDirectory = async () => {
        const found = (await findProcesses()).filter(({ name }) => name === 'redis-server');
        const uses = await Promise.all(found.map((one) => usesDirectory(one, join(dataDir, 'redis'))));
        return found.filter((_, index) => uses[index]);
      };
      await expect.poll(ofDirectory, { timeout: 60_000, interval: 5 }).toHaveLength(1);
      const [redis] = await ofDirectory();
      process.kill(redis?.parent ?? 0, 'SIGTERM');
      await expect(starting).rejects.toThrow('ended with 0 before it was ready');
      expect(await ofDirectory()).toEqual([]);
      await rm(dataDir, { recursive: true });
    });

    it('is left alone by a start on a copy of its directory, and is ended where it no longer answers', async () => {
      const dataDir = await mkdtemp(join(tmpdir(), 'redis-copied-'));
      const copy = await mkdtemp(join(tmpdir(), 'redis-copy-'));
      const original = await startRedis({ dataDir, appendfsync: 'always' });
      await cp(dataDir, copy, { recursive: true });
      const ofCopy = await startRedis({ dataDir: copy, appendfsync: 'always' });
      expect((await findProcesses()).find(({ pid }) => pid === original.pid)).toBeDefined();
      await ofCopy.stop();
      process.kill(original.pid, 'SIGSTOP');
      const next = await startRedis({ dataDir, appendfsync: 'always' });
      await original.ended;
      await next.stop();
      await Promise.all([dataDir, copy].map((one) => rm(one, { recursive: true })));
    });

    it('comes back at the same address when only the endpoint was restarted', async () => {
      const client = createUpstashClient({ url: bridge().url, token: bridge().token });
      await client.exec(['SET', 'endpoint', 'same']);
      await bridge().restartEndpoint();
      expect(await client.exec(['GET', 'endpoint'])).toBe('same');
    });
  },
  { appendfsync: 'always' },
);
