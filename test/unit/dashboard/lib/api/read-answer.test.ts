import { describe, expect, it } from 'vitest';
import {
  ApiError,
  asApiError,
  readAnswer,
  toApiError,
} from '../../../../../dashboard/src/lib/api/read-answer.ts';
import { problemSchema } from '../../../../../shared/schemas/api/problem.ts';

describe('a failed request', () => {
  const problem = problemSchema.parse({
    type: '/v1/problems#unknown-family',
    code: 'unknown-family',
    title: 'There is no product family with this name',
    status: 404,
    detail: 'No family is called "GROCERY 1"',
    instance: '/v1/forecasts',
    request_id: 'r-1',
  });

  it("carries the API's problem", () => {
    expect(toApiError(404, problem)).toMatchObject({
      kind: 'problem',
      title: problem.title,
      detail: problem.detail,
      requestId: 'r-1',
    });
  });

  it('is not an error while the system starts', () => {
    for (const code of ['not-ready', 'no-model'])
      expect(toApiError(503, { ...problem, code }).kind).toBe('not-ready');
    expect(toApiError(503, { ...problem, code: 'store-unavailable' }).kind).toBe('problem');
  });

  it('is explained even without an explanation from the server', () => {
    for (const body of [null, 'Bad gateway', {}, { title: 1, detail: 'x', code: 'y' }])
      expect(toApiError(502, body)).toMatchObject({ kind: 'unreadable', title: 'The server answered 502' });
    expect(asApiError(new TypeError('Failed to fetch')).kind).toBe('unreachable');
    expect(asApiError(new SyntaxError('Unexpected token')).kind).toBe('unreadable');
    expect(asApiError(new DOMException('late', 'TimeoutError')).title).toBe('The server takes too long');
    const known = new ApiError('problem', 'a', 'b');
    expect(asApiError(known)).toBe(known);
  });

  it('is read from the response, whatever it holds', async () => {
    const kindOf = (response: Response) =>
      readAnswer(Promise.resolve(response) as never).then(
        () => 'fine',
        (error: ApiError) => error.kind,
      );
    expect(await kindOf(Response.json({ ok: true }))).toBe('fine');
    expect(await kindOf(Response.json(problem, { status: 404 }))).toBe('problem');
    expect(await kindOf(new Response('<html>', { status: 502 }))).toBe('unreadable');
    expect(await kindOf(new Response('<html>'))).toBe('unreadable');
  });
});
