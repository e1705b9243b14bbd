import { createRoute } from '@hono/zod-openapi';
import { ModelError } from '../../../shared/artifacts/load-model.ts';
import { type ChampionBody, championBodySchema } from '../../../shared/schemas/api/champion.ts';
import { defineOperation, jsonContent, problemResponses } from '../openapi/operation.ts';
import type { ApiContext } from '../queries/context.ts';
import type { ServedModel } from '../queries/publication-cache.ts';

const route = createRoute({
  method: 'get',
  path: '/v1/models/champion',
  tags: ['models'],
  operationId: 'getChampion',
  summary: 'The model in service',
  description:
    'Version, training data and backtest of the model in service. `degraded` says why when it is not the newest one.',
  responses: {
    200: jsonContent(championBodySchema, 'The model in service.'),
    ...problemResponses('no-model', 'model-mismatch', 'store-unavailable'),
  },
});

export const modelsChampion = ({ served }: ApiContext) =>
  defineOperation(route, async (c) => {
    const model = await served();
    // Its manifest is one of other features: nothing of it is known but its name.
    if (model.kind === 'batch') throw new ModelError('model-mismatch', model.degraded.reason);
    c.header('Cache-Control', 'no-store');
    return c.json(describeModel(model), 200);
  });

function describeModel({ manifest, forest, champion, loadedAt, degraded }: ServedModel): ChampionBody {
  const { training } = manifest;
  const promotions = [champion, ...champion.previous];
  return {
    version: manifest.version,
    created_at: manifest.created_at,
    promoted_at: promotions.find(({ version }) => version === manifest.version)?.promoted_at ?? null,
    trained_through: training.last_day,
    dataset: training.dataset,
    objective: manifest.objective,
    target: manifest.target,
    horizon: manifest.horizon,
    feature_count: manifest.feature_names.length,
    feature_hash: manifest.feature_hash,
    training_rows: training.rows,
    ...(training.trees_from !== undefined && { trees_from: training.trees_from }),
    rounds: training.rounds,
    kernel: forest.kernel,
    loaded_at: new Date(loadedAt).toISOString(),
    backtest: manifest.backtest,
    degraded: degraded && { newest_version: degraded.newestVersion, reason: degraded.reason },
    previous: [...champion.previous],
  };
}
