import type { MlflowConnection } from '../../../workers/trainer/tracking/mlflow/send-request.ts';

/** What a server answers, or an error of the network. */
export type Answer = Response | Error;

export interface RecordedConnection {
  readonly connection: MlflowConnection;
  readonly requests: { readonly url: string; readonly init: RequestInit }[];
  /** Waiting times asked for, in milliseconds. */
  readonly pauses: number[];
}

/** A connection whose server gives these answers, one after the other, and never waits. */
export function sampleConnection(
  answers: readonly Answer[],
  fields: Partial<MlflowConnection> = {},
): RecordedConnection {
  const waiting = [...answers];
  const requests: { url: string; init: RequestInit }[] = [];
  const pauses: number[] = [];
  const connection: MlflowConnection = {
    baseUrl: 'https://mlflow.example/user/repo.mlflow',
    authorization: 'Bearer hidden-token',
    secrets: ['hidden-token'],
    timeoutMs: 10_000,
    tries: 4,
    fetch: (url, init) => {
      requests.push({ url: String(url), init: init ?? {} });
      const answer = waiting.shift();
      if (!answer) return Promise.reject(new Error('one request too many'));
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    sleep: (ms) => {
      pauses.push(ms);
      return Promise.resolve();
    },
    random: () => 1,
    ...fields,
  };
  return { connection, requests, pauses };
}

export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(value), { status, headers });
}

export const REFUSED = Object.assign(new TypeError('fetch failed'), {
  cause: Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:5000'), { code: 'ECONNREFUSED' }),
});
