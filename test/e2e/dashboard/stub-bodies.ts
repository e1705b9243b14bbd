import { toDayNumber, toIsoDate } from '../../../shared/calendar/day-number.ts';
import { type CatalogBody, catalogBodySchema } from '../../../shared/schemas/api/catalog.ts';
import { type ChampionBody, championBodySchema } from '../../../shared/schemas/api/champion.ts';
import { type ForecastBody, forecastBodySchema } from '../../../shared/schemas/api/forecast.ts';
import { type PipelineBody, pipelineBodySchema } from '../../../shared/schemas/api/pipeline.ts';
import { type SalesDailyBody, salesDailyBodySchema } from '../../../shared/schemas/api/sales-daily.ts';
import { type SalesLiveBody, salesLiveBodySchema } from '../../../shared/schemas/api/sales-live.ts';
import { seriesKey } from '../../../shared/schemas/series.ts';

/**
 * Bodies as the API returns them, for an invented chain: every one passes its schema, so the page is tested against the
 * contract.
 */
const TODAY = '2026-11-22';
const AS_OF = '2026-11-22T19:35:00.000Z';
const FINISHED_SLOTS = 175;
const VERSION = '2026-11-21T03-00-00Z';
const FAMILIES = ['AUTOMOTIVE', 'BEVERAGES', 'BREAD/BAKERY', 'DAIRY', 'GROCERY I', 'GROCERY II', 'PRODUCE'];
const CITIES = ['Quito', 'Guayaquil', 'Cuenca', 'Ambato', 'Santo Domingo', 'Manta'];
const WEEKDAY = [1.02, 0.88, 0.9, 0.93, 0.82, 0.97, 1.35];

/** @param more five-minute steps beyond the usual time */
const freshnessAt = (more: number) => {
  const at = Date.parse(AS_OF) + more * 300_000;
  return { as_of: new Date(at).toISOString(), watermark: `${at}-0` };
};
const freshness = freshnessAt(0);

/** Deterministic noise, 0 up to 1. */
const noise = (seed: number) => {
  const value = Math.sin(seed * 12.9898) * 43_758.5453;
  return value - Math.floor(value);
};

const round = (value: number) => Math.round(value * 1000) / 1000;
const levelOf = (storeNbr: string, family: string) =>
  (FAMILIES.indexOf(family) + 1) ** 3 * 40 * (1 + ((Number(storeNbr) || 0) % 5) / 5);
const unitsOn = (day: number, level: number) =>
  level * (WEEKDAY[(day + 3) % 7] ?? 1) * (0.9 + 0.2 * noise(day + level));
const promotedOn = (day: number) =>
  day % 14 < 4 ? Math.round(10 + 30 * noise(day)) : Math.round(4 * noise(day));

/** Stores and families of the chain, or others in their place, all of which sell everything. */
export function catalogBody(others?: {
  readonly stores: readonly string[];
  readonly families: readonly string[];
}): CatalogBody {
  const families = others?.families ?? FAMILIES;
  const names = others?.stores ?? ['1', '2', '3', '8', '25', '44', '45', '54'];
  const stores = names.map((store_nbr, index) => ({
    store_nbr,
    city: CITIES[index % CITIES.length] ?? '',
    state: 'Pichincha',
    type: 'ABCD'[index % 4] ?? 'A',
    cluster: index + 1,
  }));
  return catalogBodySchema.parse({
    dataset: 'synthetic',
    business_time_zone: 'America/Guayaquil',
    horizon: 16,
    first_date: '2022-04-15',
    live_from: '2026-11-16',
    last_date: '2027-08-17',
    shift_days: 3276,
    stores,
    families,
    // Store 1 sells no groceries.
    series: stores.flatMap(({ store_nbr }) =>
      families
        .filter((family) => store_nbr !== '1' || !family.startsWith('GROCERY'))
        .map((family) => seriesKey(store_nbr, family)),
    ),
  });
}

/** @param more finished slots beyond the usual ones, for a later time of day */
export function liveBody(more = 0): SalesLiveBody {
  const dayCurve = (total: number, seed: number) => {
    let sum = 0;
    const raw = Array.from({ length: 288 }, (_, slot) => {
      const hour = slot / 12;
      const open = hour >= 7.5 && hour < 22 ? 1 + Math.sin(((hour - 7.5) / 14.5) * Math.PI) * 2 : 0.01;
      sum += open * (0.7 + 0.6 * noise(slot + seed));
      return sum;
    });
    return raw.map((value) => round((value / sum) * total));
  };
  const finished = FINISHED_SLOTS + more;
  const slots = dayCurve(1_012_400, 1).slice(0, finished);
  const earlier = dayCurve(951_300.5, 2);
  const units = slots.at(-1) ?? 0;
  const sameTime = earlier[finished - 1] ?? 0;
  return salesLiveBodySchema.parse({
    business_date: TODAY,
    ...freshnessAt(more),
    lag_ms: 0,
    units_today: units,
    slots,
    comparison: {
      date: '2026-11-15',
      units_same_time: sameTime,
      units_day: earlier.at(-1) ?? 0,
      slots: earlier,
    },
    ratio: units / sameTime,
  });
}

export function dailyBody(storeNbr: string, family: string, days: number): SalesDailyBody {
  const today = toDayNumber(TODAY);
  const level = levelOf(storeNbr, family);
  return salesDailyBodySchema.parse({
    store_nbr: storeNbr,
    family,
    ...freshness,
    points: Array.from({ length: days }, (_, index) => {
      const day = today - days + index;
      const missing = index === days - 31;
      const onpromotion = promotedOn(day);
      return {
        date: toIsoDate(day),
        units: missing ? null : round(unitsOn(day, level) * (1 + onpromotion / 120)),
        onpromotion: missing ? 0 : onpromotion,
      };
    }),
    today: {
      date: TODAY,
      units: round(unitsOn(today, level) * 0.61),
      onpromotion: promotedOn(today),
      complete: false,
    },
  });
}

export function forecastBody(storeNbr: string, family: string): ForecastBody {
  const today = toDayNumber(TODAY);
  const level = levelOf(storeNbr, family);
  return forecastBodySchema.parse({
    store_nbr: storeNbr,
    family,
    origin: toIsoDate(today - 1),
    model_version: VERSION,
    ...freshness,
    points: Array.from({ length: 16 }, (_, index) => {
      const onpromotion = promotedOn(today + index);
      const p50 = level * (WEEKDAY[(today + index + 3) % 7] ?? 1) * (1 + onpromotion / 120);
      const spread = 0.11 + 0.006 * index;
      return {
        date: toIsoDate(today + index),
        h: index + 1,
        mean: round(p50 * 1.012),
        p10: round(p50 * (1 - spread)),
        p50: round(p50),
        p90: round(p50 * (1 + spread * 1.25)),
        source: 'model' as const,
        onpromotion,
        cumulative: null,
      };
    }),
  });
}

export function championBody(): ChampionBody {
  const score = (rmsle: number) => ({ rmsle, wape: rmsle * 0.335, bias: -0.8, count: 28_512 });
  const windows = Array.from({ length: 6 }, (_, index) => ({
    origin: toIsoDate(toDayNumber('2026-11-04') - 16 * index),
    scores: {
      model: score(0.352 + 0.05 * noise(index)),
      seasonal_naive: score(0.5 + 0.08 * noise(index + 20)),
      // The model loses the last window.
      same_weekday_mean_4: score(index === 5 ? 0.349 : 0.395 + 0.05 * noise(index + 40)),
    },
    coverage80: 0.785 + 0.03 * noise(index + 60),
  }));
  return championBodySchema.parse({
    version: VERSION,
    created_at: '2026-11-21T03:00:00.000Z',
    promoted_at: '2026-11-21T03:09:00.000Z',
    trained_through: '2026-11-20',
    dataset: 'synthetic',
    objective: 'reg:squarederror',
    target: 'log1p_minus_anchor',
    horizon: 16,
    feature_count: 46,
    feature_hash: 'c0ffee',
    training_rows: 1_204_332,
    rounds: 300,
    kernel: 'simd',
    loaded_at: AS_OF,
    backtest: {
      pooled: { model: score(0.3741), seasonal_naive: score(0.5418), same_weekday_mean_4: score(0.4189) },
      windows,
    },
    degraded: null,
    previous: [],
  });
}

export function pipelineBody(change: Partial<PipelineBody> = {}): PipelineBody {
  const run = (minutesAgo: number, detail: string, counts: Record<string, number> = {}) => ({
    scheduled_at: new Date(Date.parse(AS_OF) - minutesAgo * 60_000).toISOString(),
    finished_at: null,
    outcome: /^[a-z]+$/.test(detail) ? 'ok' : 'failed',
    detail,
    counts,
  });
  return pipelineBodySchema.parse({
    ...freshness,
    newest_entry: freshness.watermark,
    waiting_entries: 0,
    waiting_rows: 0,
    oldest_waiting_at: null,
    lag_ms: 0,
    dead_letters: 3,
    partitions: [
      {
        partition: 0,
        answers: true,
        watermark: freshness.watermark,
        newest_entry: freshness.watermark,
        identity: '5f0c2a9e',
        waiting_entries: 0,
        waiting_rows: 0,
        lag_ms: 0,
      },
    ],
    live_from: '2026-11-16',
    compacted_through: '2026-11-21',
    history_import: { stores_imported: 8, stores_total: 8, complete: true },
    findings: [],
    runs: {
      producer: [0, 5, 10, 15].map((minutes) => run(minutes, 'produced', { entries: 1, transactions: 50 })),
      aggregator: [
        run(0, 'committed', { entries: 1, transactions: 50, dead_letters: 3 }),
        run(5, 'committed', { entries: 2, transactions: 100 }),
        run(10, 'The store did not answer within 5 s; the next run goes on from the same watermark.'),
        run(15, 'committed', { entries: 1, transactions: 50 }),
      ],
    },
    ...change,
  });
}
