import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A reply: JSON, or text as it is. */
export interface TrackingReply {
  readonly status: number;
  readonly body: object | string;
}

export interface TrackedRun {
  readonly tags: Record<string, string>;
  /** `RUNNING`, `FINISHED` or `FAILED`. */
  status: string;
  /** Deleted runs can be restored, so they are still found. */
  isDeleted?: boolean;
}

/** What a tracking server remembers of one experiment and one registered model. */
export interface TrackingMemory {
  /** Runs by id. */
  readonly runs: Map<string, TrackedRun>;
  /** Paths of uploaded files. */
  readonly files: Set<string>;
  /** The tag `version` of each model version, first to last; null before the model is registered. */
  versions: string[] | null;
  /** Numbers of model versions, from 1. */
  readonly aliases: Map<string, number>;
}

/** A server on loopback that speaks the part of MLflow's REST API which the product uses, and fails on demand. */
export interface TrackingServer extends AsyncDisposable {
  readonly url: string;
  readonly memory: TrackingMemory;
  /** `POST mlflow/runs/create` of every request, in order of arrival. */
  readonly requests: string[];
  /** Requests under way at the same time, at most. */
  readonly mostAtOnce: number;
  /** What to answer instead of doing it; undefined does it. */
  instead: (request: string, body: string) => TrackingReply | undefined | Promise<TrackingReply | undefined>;
}

interface Ask {
  readonly query: URLSearchParams;
  // biome-ignore lint/suspicious/noExplicitAny: whatever JSON comes in
  readonly json: any;
}

const NOT_THERE: TrackingReply = {
  status: 404,
  body: { error_code: 'RESOURCE_DOES_NOT_EXIST', message: 'it does not exist' },
};

export async function startTrackingServer(): Promise<TrackingServer> {
  const memory: TrackingMemory = {
    runs: new Map(),
    files: new Set(),
    versions: null,
    aliases: new Map(),
  };
  const state: Pick<TrackingServer, 'instead' | 'requests'> & { mostAtOnce: number } = {
    instead: () => undefined,
    requests: [],
    mostAtOnce: 0,
  };
  let underWay = 0;
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    state.mostAtOnce = Math.max(state.mostAtOnce, ++underWay);
    response.once('close', () => underWay--);
    const url = new URL(request.url ?? '', 'http://tracking');
    const path = url.pathname.replace('/api/2.0/', '');
    const name = `${request.method} ${path}`;
    state.requests.push(name);
    const text = String(await buffer(request));
    const asked = await state.instead(name, text);
    const { status, body } = asked ?? answer(memory, name, path, url.searchParams, text);
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  };
  const server = createServer((request, response) => void handle(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(state, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    memory,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
}

function answer(
  memory: TrackingMemory,
  name: string,
  path: string,
  query: URLSearchParams,
  text: string,
): TrackingReply {
  if (name.startsWith('PUT mlflow-artifacts/')) {
    memory.files.add(path.split('/artifacts/').at(-1) ?? '');
    return { status: 200, body: {} };
  }
  const action = ACTIONS[name];
  if (!action) return { status: 404, body: { error_code: 'ENDPOINT_NOT_FOUND', message: name } };
  const body = action(memory, { query, json: text === '' ? {} : JSON.parse(text) });
  return body === null ? NOT_THERE : { status: 200, body };
}

/** What each request does and answers; null: there is no such thing. */
const ACTIONS: Readonly<Record<string, (memory: TrackingMemory, ask: Ask) => object | null>> = {
  'GET mlflow/experiments/get-by-name': () => ({ experiment: { experiment_id: '1' } }),
  'POST mlflow/runs/search': ({ runs }, { json }) => {
    const [, key = '', value] = /^tags\.`(\w+)` = '([^']*)'/.exec(json.filter) ?? [];
    const found = [...runs].filter(([, { tags }]) => tags[key] === value).map(([id]) => runOf(runs, id));
    return { runs: found.reverse().slice(0, json.max_results) };
  },
  'POST mlflow/runs/create': ({ runs }, { json }) => {
    const id = `run-${runs.size + 1}`;
    runs.set(id, { tags: fromPairs(json.tags), status: 'RUNNING' });
    return { run: runOf(runs, id) };
  },
  'POST mlflow/runs/log-batch': ({ runs }, { json }) => {
    const run = runs.get(json.run_id);
    if (!run) return null;
    Object.assign(run.tags, fromPairs(json.tags));
    return {};
  },
  'POST mlflow/runs/set-tag': ({ runs }, { json }) => {
    const run = runs.get(json.run_id);
    if (!run) return null;
    run.tags[json.key] = json.value;
    return {};
  },
  'POST mlflow/runs/update': ({ runs }, { json }) => {
    const run = runs.get(json.run_id);
    if (!run) return null;
    run.status = json.status;
    return {};
  },
  'POST mlflow/runs/delete': ({ runs }, { json }) => {
    const run = runs.get(json.run_id);
    if (!run) return null;
    run.isDeleted = true;
    return {};
  },
  'GET mlflow/registered-models/get': (memory) => registeredModel(memory),
  'POST mlflow/registered-models/create': (memory) => {
    memory.versions ??= [];
    return registeredModel(memory);
  },
  'POST mlflow/registered-models/alias': ({ aliases }, { json }) => {
    aliases.set(json.alias, Number(json.version));
    return {};
  },
  'DELETE mlflow/registered-models/alias': ({ aliases }, { json }) => {
    aliases.delete(json.alias);
    return {};
  },
  'GET mlflow/model-versions/search': ({ versions }, { query }) => {
    const version = /= '([^']*)'$/.exec(query.get('filter') ?? '')?.[1] ?? '';
    const index = versions?.indexOf(version) ?? -1;
    return { model_versions: index < 0 ? [] : [{ version: String(index + 1) }] };
  },
  'POST mlflow/model-versions/create': ({ versions }, { json }) => {
    if (!versions) return null;
    return { model_version: { version: String(versions.push(fromPairs(json.tags).version ?? '')) } };
  },
};

function registeredModel({ versions, aliases }: TrackingMemory): object | null {
  if (!versions) return null;
  return {
    registered_model: {
      name: 'model',
      aliases: [...aliases].map(([alias, version]) => ({ alias, version: String(version) })),
    },
  };
}

function runOf(runs: TrackingMemory['runs'], id: string): object {
  const { tags = {}, status, isDeleted = false } = runs.get(id) ?? {};
  const pairs = Object.entries(tags).map(([key, value]) => ({ key, value }));
  const artifact_uri = `mlflow-artifacts:/1/${id}/artifacts`;
  const lifecycle_stage = isDeleted ? 'deleted' : 'active';
  return { info: { run_id: id, artifact_uri, status, lifecycle_stage }, data: { tags: pairs } };
}

function fromPairs(pairs: readonly { readonly key: string; readonly value: string }[] = []) {
  return Object.fromEntries(pairs.map(({ key, value }) => [key, value]));
}
