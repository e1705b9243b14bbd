/** The contents of a tracking server, read without any code of this project. */

interface Pair {
  readonly key: string;
  readonly value: string;
}

export interface ServerRun {
  readonly info: {
    readonly run_id: string;
    readonly run_name: string;
    readonly status: string;
    readonly start_time: number;
    readonly end_time: number;
    readonly artifact_uri: string;
  };
  readonly params: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** The last value of each. */
  readonly metrics: Readonly<Record<string, number>>;
}

export async function call<T>(url: string, path: string, body?: object, method?: string): Promise<T> {
  const response = await fetch(`${url}/api/2.0/mlflow/${path}`, {
    method: method ?? (body ? 'POST' : 'GET'),
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

async function experimentId(url: string, name: string): Promise<string> {
  const path = `experiments/get-by-name?experiment_name=${encodeURIComponent(name)}`;
  return (await call<{ experiment: { experiment_id: string } }>(url, path)).experiment.experiment_id;
}

/** The runs of an experiment, without deleted ones unless requested. */
export async function readRuns(
  url: string,
  experiment: string,
  view: 'ACTIVE_ONLY' | 'ALL' = 'ACTIVE_ONLY',
): Promise<ServerRun[]> {
  const id = await experimentId(url, experiment);
  const body = { experiment_ids: [id], max_results: 5000, run_view_type: view };
  type Found = {
    info: ServerRun['info'];
    data: { params?: Pair[]; tags?: Pair[]; metrics?: { key: string; value: number }[] };
  };
  const { runs = [] } = await call<{ runs?: Found[] }>(url, 'runs/search', body);
  return runs.map(({ info, data }) => ({
    info,
    params: Object.fromEntries((data.params ?? []).map(({ key, value }) => [key, value])),
    tags: Object.fromEntries((data.tags ?? []).map(({ key, value }) => [key, value])),
    metrics: Object.fromEntries((data.metrics ?? []).map(({ key, value }) => [key, value])),
  }));
}

/** Values of a metric, as `[step, value]`. */
export async function readHistory(url: string, runId: string, key: string): Promise<[number, number][]> {
  const path = `metrics/get-history?run_id=${runId}&metric_key=${encodeURIComponent(key)}`;
  const { metrics = [] } = await call<{ metrics?: { step?: number | string; value: number }[] }>(url, path);
  return metrics.map(({ step, value }) => [Number(step ?? 0), value]);
}

/** Paths of a run's files, including folders. */
export async function readFiles(url: string, runId: string, folder = ''): Promise<string[]> {
  type Listing = { files?: { path: string; is_dir?: boolean }[] };
  const path = `artifacts/list?run_id=${runId}&path=${encodeURIComponent(folder)}`;
  const { files = [] } = await call<Listing>(url, path);
  const nested = await Promise.all(
    files.map(async (file) => (file.is_dir ? readFiles(url, runId, file.path) : [file.path])),
  );
  return nested.flat().sort();
}

export async function readFileOf(url: string, runId: string, path: string): Promise<Uint8Array> {
  const response = await fetch(`${url}/get-artifact?run_uuid=${runId}&path=${encodeURIComponent(path)}`);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return new Uint8Array(await response.arrayBuffer());
}

interface ServerVersion {
  readonly version: string;
  readonly run_id: string;
  readonly source: string;
  readonly status: string;
  readonly tags?: readonly Pair[];
}

/** The versions of a registered model, first to last, and its champion. */
export async function readModel(url: string, name: string) {
  const filter = encodeURIComponent(`name='${name}'`);
  const { model_versions = [] } = await call<{ model_versions?: ServerVersion[] }>(
    url,
    `model-versions/search?filter=${filter}`,
  );
  const { registered_model } = await call<{
    registered_model: { aliases?: { alias: string; version: string }[] };
  }>(url, `registered-models/get?name=${encodeURIComponent(name)}`);
  const aliases = Object.fromEntries(
    (registered_model.aliases ?? []).map(({ alias, version }) => [alias, version]),
  );
  const versions = [...model_versions].sort((left, right) => Number(left.version) - Number(right.version));
  const champion = versions.find(({ version }) => version === aliases.champion);
  return { versions, champion: champion?.tags?.find(({ key }) => key === 'version')?.value ?? null };
}
