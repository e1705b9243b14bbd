import { createEngine } from 'xgboost-wasm';
import { createBusinessClock, DEFAULT_TIME_ZONE } from '../../../shared/calendar/business-clock.ts';
import { createObjectPipelineStatus } from '../../../shared/pipeline-status/object-pipeline-status.ts';
import { createApi } from '../../api/app.ts';
import { bootstrapModel, serveModel } from '../bootstrap/model-source.ts';
import type { MeasuredPipeline } from './measure-pipeline.ts';
import { sum, times, type Usage } from './usage.ts';

const SERIES = { store_nbr: '44', family: 'FAMILY NUMBER 7' };
const FORECASTS = 20;
/**
 * Requests of a dashboard in a minute of a day on which sales arrive every five: live sales every 3 to 20 seconds by
 * the time since the last change, the pipeline every 20 seconds, one series' days every minute, the rest every five.
 */
const MINUTE: readonly (readonly [path: string, times: number])[] = [
  ['/v1/sales/live', 7],
  ['/v1/pipeline', 3],
  [`/v1/sales/daily?${new URLSearchParams({ ...SERIES, days: '56' })}`, 1],
  [`/v1/forecasts?${new URLSearchParams(SERIES)}`, 0.2],
  ['/v1/catalog', 0.2],
  ['/v1/models/champion', 0.2],
];

/** The API in this process over the measured pipeline: its reads in a warm isolate. */
export async function measureApi(
  root: string,
  { store, objects, meter }: Pick<MeasuredPipeline, 'store' | 'objects' | 'meter'>,
): Promise<{ readonly forecast: Usage; readonly dashboardMinute: Usage }> {
  await serveModel(await bootstrapModel(root), objects, new Date(0));
  const app = createApi({
    store,
    objects,
    runs: createObjectPipelineStatus(objects),
    ingest: {
      intake: { takeIn: () => Promise.reject(new Error('nothing is sent')) },
      keys: [],
      limiter: null,
    },
    requestLimiter: null,
    loadEngine: createEngine,
    clock: createBusinessClock(DEFAULT_TIME_ZONE),
    now: Date.now,
    allowedOrigins: [],
    report: () => undefined,
  });
  const ask = async (path: string) => {
    const response = await app.request(path);
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 300)}`);
  };
  for (const [path] of MINUTE) await ask(path);

  const forecasts = await meter.measure(async () => {
    for (let i = 0; i < FORECASTS; i++) {
      const family = `FAMILY NUMBER ${i}`;
      await ask(`/v1/forecasts?${new URLSearchParams({ ...SERIES, family })}`);
    }
  });
  const minute: Usage[] = [];
  for (const [path, count] of MINUTE) {
    minute.push(times(await meter.measure(() => ask(path)), count), { worker_requests: count });
  }
  return {
    forecast: sum([times(forecasts, 1 / FORECASTS), { worker_requests: 1 }]),
    dashboardMinute: sum(minute),
  };
}
