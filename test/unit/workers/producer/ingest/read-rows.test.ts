import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readRows } from '../../../../../workers/producer/ingest/read-rows.ts';

const LIMITS = { maxRows: 1000, maxBytes: 100_000 };

/** The bytes of a text in pieces that may cut characters and lines anywhere. */
function inPieces(text: string, cuts: readonly number[]): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
  return new ReadableStream({
    start: (controller) => {
      let from = 0;
      for (const to of [...places, bytes.length]) {
        controller.enqueue(bytes.slice(from, to));
        from = to;
      }
      controller.close();
    },
  });
}

const line = fc.oneof(
  fc.json(),
  fc.constantFrom('', '  ', '{', '{"a":"é🛒"}', '\t', '"\\u2028"'),
  fc.string().filter((text) => !text.includes('\n')),
);

it('reads lines the same however they arrive, and numbers them as an editor does', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1 }), fc.array(fc.nat()), async (lines, cuts) => {
      const text = lines.join('\n').toWellFormed();
      const read = await readRows({ format: 'ndjson', body: inPieces(text, cuts) }, LIMITS);
      // A mark at the start of a text is no part of it.
      const expected = text
        .replace(/^\ufeff/, '')
        .split('\n')
        .flatMap((one, index) => {
          if (one.trim() === '') return [];
          try {
            return [{ line: index + 1, isJson: true, value: JSON.parse(one) as unknown }];
          } catch {
            return [{ line: index + 1, isJson: false, value: null }];
          }
        });
      if (expected.length === 0) expect(read).toMatchObject({ outcome: 'refused', code: 'invalid-body' });
      else expect(read).toMatchObject({ rows: expected });
    }),
    { numRuns: 300 },
  );
});

it('has a digest of what was sent, not of how it arrived', async () => {
  const digest = async (text: string, cuts: readonly number[]) => {
    const read = await readRows({ format: 'ndjson', body: inPieces(text, cuts) }, LIMITS);
    return 'digest' in read ? read.digest : null;
  };
  expect(await digest('{}\n{}', [])).toBe(await digest('{}\n{}', [1, 2, 4]));
  expect(await digest('{}\n{}', [])).not.toBe(await digest('{}\n{}\n', []));
  expect(await digest('{}\n{}', [])).toMatch(/^[0-9a-f]{64}$/);
});

it('refuses a body that breaks off: half a body is no body', async () => {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(new TextEncoder().encode('{}\n'));
      controller.error(new Error('connection lost'));
    },
  });
  expect(await readRows({ format: 'ndjson', body }, LIMITS)).toEqual({
    outcome: 'refused',
    code: 'invalid-body',
    detail: 'The body broke off before its end (connection lost); send all of it again',
  });
});
