import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { MlflowError } from '../../../../../../workers/trainer/tracking/mlflow/mlflow-error.ts';
import {
  emptyReplySchema,
  findOrCreate,
  type MlflowRequest,
  sendRequest,
} from '../../../../../../workers/trainer/tracking/mlflow/send-request.ts';
import {
  type Answer,
  json,
  REFUSED,
  sampleConnection,
} from '../../../../../support/tracking/sample-connection.ts';

const READ: MlflowRequest = {
  method: 'GET',
  path: 'mlflow/experiments/get-by-name',
  query: { experiment_name: 'a & b' },
  isRepeatable: true,
};
const CREATE: MlflowRequest = {
  method: 'POST',
  path: 'mlflow/runs/create',
  body: { experiment_id: '1' },
  isRepeatable: false,
};
const replySchema = z.object({ id: z.string() });

async function failureOf(answers: readonly Answer[], request = READ): Promise<MlflowError> {
  const { connection } = sampleConnection(answers, { tries: 1 });
  const error = await sendRequest(connection, request, replySchema).catch((thrown: unknown) => thrown);
  if (!(error instanceof MlflowError)) throw new Error(`not an MlflowError: ${error}`);
  return error;
}

describe('a request to MLflow', () => {
  it('keeps the path of the address and carries credentials and JSON', async () => {
    const { connection, requests } = sampleConnection([json({ id: '7' }), json({ id: '8', more: 1 })]);
    expect(await sendRequest(connection, READ, replySchema)).toEqual({ id: '7' });
    expect(await sendRequest(connection, CREATE, replySchema)).toEqual({ id: '8' });
    expect(requests.map(({ url }) => url)).toEqual([
      'https://mlflow.example/user/repo.mlflow/api/2.0/mlflow/experiments/get-by-name?experiment_name=a+%26+b',
      'https://mlflow.example/user/repo.mlflow/api/2.0/mlflow/runs/create',
    ]);
    expect(requests[1]?.init).toMatchObject({
      method: 'POST',
      body: '{"experiment_id":"1"}',
      headers: { authorization: 'Bearer hidden-token', 'content-type': 'application/json' },
      redirect: 'manual',
    });
  });

  it('is retried while the error may be transient, with growing pauses', async () => {
    const { connection, pauses } = sampleConnection([
      REFUSED,
      json({}, 503),
      json({}, 429, { 'retry-after': '7' }),
      json({ id: '7' }),
    ]);
    expect(await sendRequest(connection, READ, replySchema)).toEqual({ id: '7' });
    expect(pauses).toEqual([500, 1000, 7000]);
  });

  it('fails after the last attempt', async () => {
    const { connection, requests } = sampleConnection(Array(9).fill(REFUSED));
    await expect(sendRequest(connection, READ, replySchema)).rejects.toMatchObject({
      kind: 'unreachable',
      message: expect.stringContaining('connect ECONNREFUSED 127.0.0.1:5000'),
    });
    expect(requests).toHaveLength(4);
  });

  it('is sent once if it is not repeatable', async () => {
    const { connection, requests } = sampleConnection([REFUSED, json({ id: '7' })]);
    await expect(sendRequest(connection, CREATE, replySchema)).rejects.toMatchObject({ mayPass: true });
    expect(requests).toHaveLength(1);
  });

  it('ends at the deadline of all requests', async () => {
    const { connection, requests } = sampleConnection([REFUSED], { signal: AbortSignal.abort() });
    await expect(sendRequest(connection, READ, replySchema)).rejects.toThrow('no time is left');
    expect(requests).toHaveLength(1);
  });

  it.each([
    [401, {}, 'denied', /MLFLOW_TRACKING_PASSWORD/],
    [403, { error_code: 'PERMISSION_DENIED', message: 'no' }, 'denied', /MLFLOW_TRACKING_TOKEN/],
    [404, '<html>not here</html>', 'not-found', /404.*MLFLOW_TRACKING_URI/],
    [501, {}, 'not-found', /501/],
    [501, { error_code: 'NOT_IMPLEMENTED', message: 'no' }, 'unsupported', /NOT_IMPLEMENTED/],
    [404, { error_code: 'ENDPOINT_NOT_FOUND', message: 'no' }, 'unsupported', /ENDPOINT_NOT_FOUND/],
    [404, { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'No run 7' }, 'rejected', /No run 7/],
    [400, { error_code: 'INVALID_PARAMETER_VALUE', message: 'bad key' }, 'rejected', /bad key/],
    [500, { error_code: 'INTERNAL_ERROR', message: 'database is locked' }, 'busy', /database is locked/],
    [200, '<html>sign in</html>', 'not-mlflow', /MLFLOW_TRACKING_URI/],
  ] as const)('explains %i %j and how to fix it', async (status, body, kind, message) => {
    const error = await failureOf([json(body, status)]);
    expect(error.kind).toBe(kind);
    expect(error.message).toMatch(message);
  });

  it('does not follow a redirect, which would lose the body', async () => {
    const error = await failureOf([json({}, 301, { location: 'https://elsewhere.example/x?token=1' })]);
    expect(error.message).toContain('https://elsewhere.example/x:');
    expect(error.kind).toBe('not-mlflow');
  });

  it('shows no secret, not even one that the server repeats', async () => {
    const error = await failureOf([json({ error_code: 'BAD', message: 'what is hidden-token?' }, 400)]);
    expect(error.message).toContain('what is ***?');
    expect(JSON.stringify(error) + error.stack).not.toContain('hidden-token');
  });

  it('accepts an empty reply if no data is expected, but not a page', async () => {
    const { connection } = sampleConnection([new Response(''), json({}), new Response('<html>')]);
    await sendRequest(connection, READ, emptyReplySchema);
    await sendRequest(connection, READ, emptyReplySchema);
    await expect(sendRequest(connection, READ, emptyReplySchema)).rejects.toThrow('not MLflow');
  });
});

describe('creating what is missing', () => {
  const lost = new MlflowError('unreachable', 'lost');

  it('searches again before another attempt, because the lost reply may have been a success', async () => {
    const { connection } = sampleConnection([]);
    const there: string[] = [];
    const create = () => {
      there.push('made');
      return there.length === 1 ? Promise.reject(lost) : Promise.resolve('second');
    };
    expect(await findOrCreate(connection, () => Promise.resolve(there[0] ?? null), create)).toBe('made');
    expect(there).toHaveLength(1);
  });

  it('finds what another process has created meanwhile', async () => {
    const { connection, pauses } = sampleConnection([]);
    const found = [null, 'theirs'];
    const exists = new MlflowError('rejected', 'it exists', 'RESOURCE_ALREADY_EXISTS');
    const name = await findOrCreate(
      connection,
      () => Promise.resolve(found.shift() ?? null),
      () => Promise.reject(exists),
    );
    expect([name, pauses]).toEqual(['theirs', []]);
  });

  it('does not retry a refusal', async () => {
    const { connection } = sampleConnection([]);
    let tries = 0;
    const create = () => {
      tries++;
      return Promise.reject(new MlflowError('rejected', 'bad name', 'INVALID_PARAMETER_VALUE'));
    };
    await expect(findOrCreate(connection, () => Promise.resolve(null), create)).rejects.toThrow('bad name');
    expect(tries).toBe(1);
  });
});
