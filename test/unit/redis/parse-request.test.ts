import { describe, expect, it } from 'vitest';
import { parseRequest } from '../../../workers/local/redis-bridge/rest-protocol.ts';

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
