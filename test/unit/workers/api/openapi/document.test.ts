import { Validator } from '@seriousme/openapi-schema-validator';
import { beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../../../../../package.json' with { type: 'json' };
import * as catalog from '../../../../../shared/schemas/api/catalog.ts';
import * as champion from '../../../../../shared/schemas/api/champion.ts';
import * as forecast from '../../../../../shared/schemas/api/forecast.ts';
import * as health from '../../../../../shared/schemas/api/health.ts';
import * as pipeline from '../../../../../shared/schemas/api/pipeline.ts';
import * as problem from '../../../../../shared/schemas/api/problem.ts';
import * as salesDaily from '../../../../../shared/schemas/api/sales-daily.ts';
import * as salesLive from '../../../../../shared/schemas/api/sales-live.ts';
import * as salesPeriods from '../../../../../shared/schemas/api/sales-periods.ts';
import * as transactions from '../../../../../shared/schemas/api/transactions.ts';
import { createSampleApi } from '../../../../support/api/sample-api.ts';

interface SchemaNode {
  $ref?: string;
  description?: string;
  example?: unknown;
}
interface Operation {
  operationId?: string;
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: { name: string; description?: string; schema: SchemaNode & { type?: string } }[];
  responses: Record<string, { description?: string; content?: Record<string, { schema: SchemaNode }> }>;
}
interface Document {
  openapi: string;
  info: { version: string };
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, SchemaNode> };
}

let document: Document;
let registered: string[];
beforeAll(async () => {
  const { app, get } = await createSampleApi();
  document = (await (await get('/openapi.json')).json()) as Document;
  const handlers = app.routes.filter(({ method }) => method !== 'ALL');
  registered = [...new Set(handlers.map(({ method, path }) => `${method} ${path}`))];
});

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      name: `${method.toUpperCase()} ${path}`,
      operation,
    })),
  );

it('is OpenAPI 3.1 in the version of the package', () => {
  expect(document.openapi).toBe('3.1.0');
  expect(document.info.version).toBe(packageJson.version);
});

it('has every route of the application but its own address and its page, and no other', () => {
  const documented = operations().map(({ name }) => name);
  expect(documented.length).toBeGreaterThan(10);
  expect([...documented, 'GET /openapi.json', 'GET /v1/docs'].sort()).toEqual(registered.sort());
});

it('describes every operation, its parameters and its answers', () => {
  const tags = document.tags.map(({ name }) => name);
  for (const { name, operation } of operations()) {
    expect(operation.summary, name).toBeTruthy();
    expect(operation.description, name).toBeTruthy();
    expect(operation.tags, name).toHaveLength(1);
    expect(tags, name).toEqual(expect.arrayContaining(operation.tags ?? []));
    for (const parameter of operation.parameters ?? []) {
      expect(parameter.description, `${name} ${parameter.name}`).toBeTruthy();
      expect(parameter.schema.example, `${name} ${parameter.name}`).toBeDefined();
      expect(parameter.schema.type, `${name} ${parameter.name}`).toBeTypeOf('string');
    }
    for (const response of Object.values(operation.responses))
      expect(response.description, name).toBeTruthy();
  }
});

it('gives an example of every answer', () => {
  const resolve = (schema: SchemaNode | undefined): SchemaNode | undefined =>
    schema?.$ref ? document.components.schemas[schema.$ref.replace('#/components/schemas/', '')] : schema;
  for (const { name, operation } of operations()) {
    for (const [status, { content }] of Object.entries(operation.responses)) {
      if (status === '304') continue;
      const [media] = Object.values(content ?? {});
      expect(resolve(media?.schema)?.example, `${name} ${status}`).toBeDefined();
    }
  }
});

it('names in each operation the codes of its problems', () => {
  const forecasts = document.paths['/v1/forecasts']?.get;
  expect(forecasts?.responses['404']?.description).toContain('`unknown-family`');
  expect(forecasts?.responses['503']?.description).toContain('`no-model`');
});

describe('the example of', () => {
  const schemas = [
    catalog,
    champion,
    forecast,
    health,
    pipeline,
    problem,
    salesDaily,
    salesLive,
    salesPeriods,
    transactions,
  ]
    .flatMap((module) => Object.values(module) as unknown[])
    .filter(isSchemaWithExample);

  it.each(schemas.map((schema) => [schema.meta().id, schema]))('%s fits its own schema', (_, schema) => {
    expect(schema.parse(schema.meta().example)).toEqual(schema.meta().example);
  });

  it('bodies is there for all of them', () => expect(schemas).toHaveLength(14));
});

interface SchemaWithExample {
  meta(): { id: string; example: unknown };
  parse(value: unknown): unknown;
}

function isSchemaWithExample(value: unknown): value is SchemaWithExample {
  if (typeof value !== 'object' || value === null || !('meta' in value)) return false;
  return (value as SchemaWithExample).meta()?.example !== undefined;
}

it('has a page that loads nothing from another host', async () => {
  const { app, get } = await createSampleApi();
  const page = await get('/v1/docs');
  expect(page.status).toBe(200);
  expect(page.headers.get('Content-Type')).toMatch(/^text\/html/);
  expect(page.headers.get('Content-Security-Policy')).toMatch(/^default-src 'none'; script-src 'self';/);
  const addresses = [...(await page.text()).matchAll(/(?:src|href)="([^"]+)"/g)].map(
    ([, address]) => address,
  );
  expect(addresses).toContain('/openapi.json');
  for (const address of addresses) expect(address).toMatch(/^\/[^/]/);
  expect((await app.request('/v1/docs', { method: 'HEAD' })).status).toBe(200);
  expect((await app.request('/v1/docs', { method: 'POST' })).headers.get('Allow')).toBe('GET, HEAD, OPTIONS');
});

it('is valid: its structure, its schemas, and where its references lead', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(JSON.parse(JSON.stringify(document)));
  expect(errors ?? []).toEqual([]);
  expect(valid).toBe(true);
  const text = JSON.stringify(document);
  const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference ?? '');
  expect(references.length).toBeGreaterThan(20);
  for (const reference of new Set(references)) {
    const target = reference
      .replace(/^#\//, '')
      .split('/')
      .reduce<unknown>((node, part) => (node as Record<string, unknown> | undefined)?.[part], document);
    expect(target, reference).toBeTypeOf('object');
  }
});

it('names every operation, and documents the limit of requests on each', () => {
  const ids = operations().map(({ operation }) => operation.operationId ?? '');
  for (const id of ids) expect(id).toMatch(/^[a-z][A-Za-z]+$/);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { name, operation } of operations()) {
    expect(Object.keys(operation.responses), name).toEqual(expect.arrayContaining(['429', '500']));
  }
});

it('takes a store of a transaction as a text or a whole number', () => {
  expect(document.components.schemas.Transaction).toMatchObject({
    type: 'object',
    properties: { store_nbr: { anyOf: [{ type: 'string' }, { type: 'integer' }] } },
  });
  expect(JSON.stringify(document.components.schemas.Transaction)).not.toMatch(
    /\$defs|"anyOf":\[[^\]]*\],"type"/,
  );
});
