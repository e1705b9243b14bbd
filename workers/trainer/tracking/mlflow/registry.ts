import { z } from 'zod';
import { hasCode } from './mlflow-error.ts';
import { emptyReplySchema, findOrCreate, type MlflowConnection, sendRequest } from './send-request.ts';

const modelVersionSchema = z.object({ version: z.coerce.number() });
const registeredModelSchema = z.object({
  registered_model: z.object({
    name: z.string(),
    aliases: z.array(z.object({ alias: z.string(), version: z.coerce.number() })).default([]),
  }),
});
export interface RegisteredModel {
  readonly aliases: Readonly<Record<string, number>>;
}

export interface NewModelVersion {
  readonly model: string;
  readonly source: string;
  readonly runId: string;
  readonly description: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** The registered model of that name, created if it does not exist. @throws {MlflowError} */
export function ensureRegisteredModel(
  connection: MlflowConnection,
  name: string,
  description: string,
): Promise<RegisteredModel> {
  return findOrCreate(
    connection,
    () => findRegisteredModel(connection, name),
    async () => {
      const path = 'mlflow/registered-models/create';
      const request = { method: 'POST', path, body: { name, description }, isRepeatable: false } as const;
      return known(await sendRequest(connection, request, registeredModelSchema));
    },
  );
}

/** @returns null if there is no registered model of that name @throws {MlflowError} */
export async function findRegisteredModel(
  connection: MlflowConnection,
  name: string,
): Promise<RegisteredModel | null> {
  const path = 'mlflow/registered-models/get';
  try {
    const request = { method: 'GET', path, query: { name }, isRepeatable: true } as const;
    return known(await sendRequest(connection, request, registeredModelSchema));
  } catch (error) {
    if (hasCode(error, 'RESOURCE_DOES_NOT_EXIST')) return null;
    throw error;
  }
}

/** The first version of a model with this tag; null if none has it. @throws {MlflowError} */
export async function findModelVersion(
  connection: MlflowConnection,
  model: string,
  tag: { readonly key: string; readonly value: string },
): Promise<number | null> {
  const filter = `name = '${model}' and tags.\`${tag.key}\` = '${tag.value}'`;
  const path = 'mlflow/model-versions/search';
  const schema = z.object({ model_versions: z.array(modelVersionSchema).default([]) });
  const request = { method: 'GET', path, query: { filter }, isRepeatable: true } as const;
  const { model_versions } = await sendRequest(connection, request, schema);
  return model_versions.length === 0 ? null : Math.min(...model_versions.map(({ version }) => version));
}

/** Sent once: callers check whether it has happened before retrying. @throws {MlflowError} */
export async function createModelVersion(
  connection: MlflowConnection,
  { model, source, runId, description, tags }: NewModelVersion,
): Promise<number> {
  const body = {
    name: model,
    source,
    run_id: runId,
    description,
    tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
  };
  const schema = z.object({ model_version: modelVersionSchema });
  const request = {
    method: 'POST',
    path: 'mlflow/model-versions/create',
    body,
    isRepeatable: false,
  } as const;
  return (await sendRequest(connection, request, schema)).model_version.version;
}

/** Points an alias to this version only. @throws {MlflowError} */
export function setAlias(
  connection: MlflowConnection,
  model: string,
  alias: string,
  version: number,
): Promise<void> {
  const body = { name: model, alias, version: String(version) };
  const path = 'mlflow/registered-models/alias';
  return sendRequest(connection, { method: 'POST', path, body, isRepeatable: true }, emptyReplySchema);
}

/** @throws {MlflowError} */
export function deleteAlias(connection: MlflowConnection, model: string, alias: string): Promise<void> {
  const path = 'mlflow/registered-models/alias';
  const body = { name: model, alias };
  return sendRequest(connection, { method: 'DELETE', path, body, isRepeatable: true }, emptyReplySchema);
}

function known({ registered_model }: z.infer<typeof registeredModelSchema>): RegisteredModel {
  return {
    aliases: Object.fromEntries(registered_model.aliases.map(({ alias, version }) => [alias, version])),
  };
}
