import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { at } from '../../../../../shared/at.ts';
import type { ForecastBody } from '../../../../../shared/schemas/api/forecast.ts';
import type { SalesDailyBody } from '../../../../../shared/schemas/api/sales-daily.ts';
import { MISSING } from '../../../../../shared/schemas/history-chunk.ts';
import { sampleSeries } from '../../../../support/api/memory-sales.ts';
import {
  createSampleApi,
  publishCatalog,
  sampleCatalog,
  seriesQuery,
  TODAY,
} from '../../../../support/api/sample-api.ts';

const TABLES = [
  ['/v1/forecasts', 16],
  ['/v1/sales/daily', 91],
  ['/v1/sales/weekly', 13],
  ['/v1/sales/monthly', 12],
] as const;
const query = seriesQuery('44', 'GROCERY I');

type Line = Readonly<Record<string, string>>;
const linesOf = async (response: Response): Promise<Line[]> => {
  expect(response.status).toBe(200);
  expect(response.headers.get('Content-Type')).toBe('text/csv; charset=utf-8');
  return parse(await response.text(), { columns: true });
};

describe.each(TABLES)('%s', (path, rows) => {
  it('is CSV where the parameter or the Accept header says so', async () => {
    const { get } = await createSampleApi();
    const byParameter = await get(`${path}?${query}&format=csv`);
    expect(byParameter.headers.get('Content-Disposition')).toMatch(/^attachment; filename="[a-z-]+\.csv"$/);
    const lines = await linesOf(byParameter);
    expect(lines).toHaveLength(rows);
    for (const line of lines) expect(line).toMatchObject({ store_nbr: '44', family: 'GROCERY I' });
    const accept = (value: string) => ({ headers: { Accept: value } });
    expect(await linesOf(await get(`${path}?${query}`, accept('text/csv')))).toEqual(lines);
    expect(await linesOf(await get(`${path}?${query}`, accept('application/json;q=0.5, text/csv')))).toEqual(
      lines,
    );
    expect(await linesOf(await get(`${path}?${query}`, accept('text/csv, */*;q=0.8')))).toEqual(lines);
  });

  it('is JSON for everybody else, and tells caches what it depends on', async () => {
    const { get } = await createSampleApi();
    for (const [more, accept] of [
      ['', '*/*'],
      ['', 'text/html,application/xml;q=0.9,*/*;q=0.8'],
      ['', 'image/png'],
      ['', 'text/csv;q=0.1, */*'],
      ['', 'text/csv;q=0, text/*;q=0.9'],
      ['&format=json', 'text/csv'],
    ]) {
      const response = await get(`${path}?${query}${more}`, { headers: { Accept: accept ?? '' } });
      expect(response.headers.get('Content-Type')).toMatch(/^application\/json/);
      expect(response.headers.get('Vary')).toMatch(/\bAccept\b/);
      expect(await response.json()).toHaveProperty('points');
    }
  });

  it('refuses any other format, and names those there are', async () => {
    const { get } = await createSampleApi();
    for (const format of ['format=xml', 'format=', 'format=csv&format=csv']) {
      const response = await get(`${path}?${query}&${format}`);
      expect(response.status).toBe(400);
      expect(JSON.stringify(await response.json())).toMatch(/format.*write csv or json/);
    }
  });
});

it('a forecast in CSV has the numbers of the JSON, and what is unknown is empty', async () => {
  const { get, sales } = await createSampleApi();
  sales.series.set(
    '44:GROCERY I',
    sampleSeries(TODAY, 430, (index) => (index % 9 === 0 ? MISSING : 5000 + index)),
  );
  const body = (await (await get(`/v1/forecasts?${query}`)).json()) as ForecastBody;
  const lines = await linesOf(await get(`/v1/forecasts?${query}&format=csv`));
  body.points.forEach((point, i) => {
    const line = at(lines, i);
    for (const name of ['date', 'h', 'mean', 'p10', 'p50', 'p90', 'source', 'onpromotion'] as const) {
      expect(line[name], name).toBe(String(point[name]));
    }
    for (const name of ['mean', 'p10', 'p50', 'p90'] as const) {
      expect(line[`cumulative_${name}`], name).toBe(String(point.cumulative?.[name]));
    }
    expect(line.holidays).toBe((point.holidays ?? []).join('; '));
    expect(line).toMatchObject({
      origin: body.origin,
      model_version: body.model_version,
      closed: '',
      stale: '',
    });
  });
  expect(lines.map(({ holidays }) => holidays)).toContain('Black Friday');

  const daily = (await (await get(`/v1/sales/daily?${query}`)).json()) as SalesDailyBody;
  const days = await linesOf(await get(`/v1/sales/daily?${query}&format=csv`));
  expect(days.map(({ units }) => units)).toEqual(
    [...daily.points, daily.today].map(({ units }) => (units === null ? '' : String(units))),
  );
  expect(days.map(({ complete }) => complete)).toEqual([...daily.points.map(() => 'true'), 'false']);
  expect(days.map(({ units }) => units)).toContain('');
});

it('names with commas, quotes and line breaks of other scripts survive', async () => {
  const { get, objects, sales } = await createSampleApi();
  const family = 'Käse, "jung" 🧀';
  await publishCatalog(objects, {
    ...sampleCatalog,
    families: [...sampleCatalog.families, family],
    series: [...sampleCatalog.series, `45:${family}`],
  });
  sales.series.set(
    `45:${family}`,
    sampleSeries(TODAY, 60, () => 2000),
  );
  const lines = await linesOf(await get(`/v1/sales/daily?${seriesQuery('45', family)}&format=csv`));
  expect(new Set(lines.map((line) => line.family))).toEqual(new Set([family]));
});

it('a cached forecast in one format is not taken for the other', async () => {
  const { get } = await createSampleApi();
  const tagOf = async (format: string) =>
    (await get(`/v1/forecasts?${query}&format=${format}`)).headers.get('ETag') ?? '';
  const [json, csv] = [await tagOf('json'), await tagOf('csv')];
  expect(csv).not.toBe(json);
  const again = async (format: string, tag: string) =>
    (await get(`/v1/forecasts?${query}&format=${format}`, { headers: { 'If-None-Match': tag } })).status;
  expect([await again('csv', csv), await again('csv', json), await again('json', json)]).toEqual([
    304, 200, 304,
  ]);
});

it('is in the OpenAPI document with an example', async () => {
  const { get } = await createSampleApi();
  const document = (await (await get('/openapi.json')).json()) as {
    paths: Record<
      string,
      { get: { responses: Record<string, { content: Record<string, { schema: { example?: string } }> }> } }
    >;
  };
  for (const [path] of TABLES) {
    const example = document.paths[path]?.get.responses[200]?.content['text/csv']?.schema.example ?? '';
    expect(parse(example, { columns: true }).length, path).toBeGreaterThan(1);
  }
});
