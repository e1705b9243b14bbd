import { describe, expect, it } from 'vitest';
import { parseCommandStats, subtractCalls } from '../../../../../workers/local/redis-bridge/redis-bridge.ts';
import {
  encodeReply,
  parseRequest,
  refuseCommand,
  toServerCommand,
} from '../../../../../workers/local/redis-bridge/rest-protocol.ts';

const parse = (method: string, path: string, body = '') =>
  parseRequest(method, new URL(path, 'http://bridge'), Buffer.from(body));

describe('a REST request', () => {
  it('names a command in its body, all arguments as text', () => {
    expect(parse('POST', '/', '["SET","k",1.5,true]')).toEqual({
      route: 'single',
      commands: [['SET', 'k', '1.5', 'true']],
    });
  });

  it('names a command in its path, the query behind the body, the token left out', () => {
    expect(parse('POST', '/set/a%20b?EX=9&NX&_token=t', 'body')).toEqual({
      route: 'single',
      commands: [['set', 'a b', 'body', 'EX', '9', 'NX']],
    });
  });

  it('names several commands, in order or as a transaction', () => {
    const body = '[["GET","a"],["INCR","b"]]';
    const commands = [
      ['GET', 'a'],
      ['INCR', 'b'],
    ];
    expect(parse('POST', '/pipeline', body)).toEqual({ route: 'pipeline', commands });
    expect(parse('POST', '/multi-exec', body)).toEqual({ route: 'multi-exec', commands });
  });

  it.each([
    ['POST', '/', '', /failed to parse/],
    ['GET', '/', '', /empty command/],
    ['POST', '/', '["GET",null]', /null args/],
    ['POST', '/pipeline', '{}', /pipeline/],
    ['POST', '/pipeline', '[]', /empty pipeline/],
    ['POST', '/pipeline', '["GET"]', /failed to parse/],
    ['GET', '/get/%E0%A4%A', '', /failed to parse/],
  ])('%s %s with %s is refused', (method, path, body, message) => {
    expect(() => parse(method, path, body)).toThrow(message);
    expect(() => parse(method, path, body)).toThrow(expect.objectContaining({ status: 400 }));
  });
});

describe('the reply of the bridge', () => {
  const bytes = (text: string) => Buffer.from(text);

  it('tells every kind of answer as the REST endpoint does', () => {
    const reply = [bytes('é'), 7, null, [bytes('OK')], new Error('ERR no')];
    expect(encodeReply(reply, false)).toEqual({ result: ['é', 7, null, ['OK'], { error: 'ERR no' }] });
    expect(encodeReply(new Error('ERR no'), true)).toEqual({ error: 'ERR no' });
  });

  it('leaves only a lone OK out of base64', () => {
    expect(encodeReply('OK', true)).toEqual({ result: 'OK' });
    expect(encodeReply([bytes('OK'), bytes('')], true)).toEqual({ result: ['T0s=', ''] });
    expect(encodeReply('QUEUED', true)).toEqual({ result: 'UVVFVUVE' });
  });
});

describe('a command', () => {
  it('is refused when it waits or belongs to a connection, in any case of letters', () => {
    for (const command of [
      ['select', '1'],
      ['xreadgroup', 'group', 'g', 'c', 'block', '0'],
    ] as const) {
      expect(refuseCommand(command, null)?.message).toMatch(/not available/);
    }
    expect(refuseCommand(['XREAD', 'STREAMS', 'log', '0'], null)).toBeNull();
  });

  it('is refused with the read-only token unless it reads, and not through all keys', () => {
    const reads = new Set(['GET', 'SCAN']);
    expect(refuseCommand(['get', 'k'], reads)).toBeNull();
    expect(refuseCommand(['set', 'k', 'v'], reads)?.message).toMatch(/NOPERM.*'set'/);
    expect(refuseCommand(['scan', '0'], reads)?.message).toMatch(/NOPERM/);
  });

  it.each([
    ['#!lua flags=allow-key-locking\nreturn 1', '#!lua\nreturn 1'],
    ['#!lua flags=no-writes,allow-key-locking\nreturn 1', '#!lua flags=no-writes\nreturn 1'],
    ['return "flags=allow-key-locking"', 'return "flags=allow-key-locking"'],
  ])('has the flag of Upstash taken out of its script: %j', (script, expected) => {
    expect(toServerCommand(['EVAL', script, '0'])).toEqual(['EVAL', expected, '0']);
  });
});

it('commands are counted without those of the bridge, subcommands together', () => {
  const info = (gets: number) =>
    `# Commandstats\r\ncmdstat_get:calls=${gets},usec=9\r\ncmdstat_xgroup|create:calls=2,usec=1\r\n` +
    'cmdstat_xgroup|destroy:calls=1,usec=1\r\ncmdstat_info:calls=8,usec=1\r\n';
  const before = parseCommandStats(info(3));
  expect(before).toEqual(
    new Map([
      ['get', 3],
      ['xgroup', 3],
    ]),
  );
  expect(subtractCalls(parseCommandStats(info(5)), before)).toEqual(new Map([['get', 2]]));
});
