import type { Context, TypedResponse } from 'hono';
import { accepts } from 'hono/accepts';
import { type ZodType, z } from 'zod';
import { csvField } from '../../../shared/csv-field.ts';
import type { TableFormat } from '../../../shared/schemas/api/parameters.ts';

type Cell = string | number | boolean | null | undefined;

/** The body of an operation as lines of CSV. */
export interface Table<Body> {
  readonly columns: readonly string[];
  /** Values by column, line by line; a column that is absent or null is empty. */
  rowsOf(body: Body): readonly Readonly<Record<string, Cell>>[];
  /** Of the download, without its extension. */
  readonly fileName: string;
}

/** Header and lines end with a line feed; numbers have a decimal point; texts are quoted as in RFC 4180. */
export function csvOf<Body>({ columns, rowsOf }: Table<Body>, body: Body): string {
  const lines = rowsOf(body).map((row) => columns.map((column) => csvField(String(row[column] ?? ''))));
  return [columns, ...lines].map((fields) => `${fields.join(',')}\n`).join('');
}

/**
 * A response as JSON or CSV; the example of the CSV is that of the schema. The type says JSON only: a client that asks
 * for CSV reads the text, and any other need not tell the two apart.
 */
export function tableContent<S extends ZodType>(schema: S, description: string, table: Table<z.output<S>>) {
  const example = csvOf(table, schema.meta()?.example as z.output<S>);
  const csv = { schema: z.string().meta({ description: 'A header, and a line for each row.', example }) };
  const content: { 'application/json': { schema: S } } = {
    'application/json': { schema },
    ...{ 'text/csv': csv },
  };
  return { description, content };
}

/** The format that a request asks for: by its parameter or, without one, by its Accept header. */
export function formatOf(c: Context, asked: TableFormat | undefined): TableFormat {
  c.header('Vary', 'Accept', { append: true });
  if (asked !== undefined) return asked;
  const supports = ['application/json', 'text/csv'];
  const match = (accepted: Accepted) =>
    qualityOf(accepted, 'text/csv') > qualityOf(accepted, 'application/json')
      ? 'text/csv'
      : 'application/json';
  const accepted = accepts(c, { header: 'Accept', supports, default: 'application/json', match });
  return accepted === 'text/csv' ? 'csv' : 'json';
}

type Accepted = readonly { readonly type: string; readonly q: number }[];

/** How much a type is wanted, by the range that names it most closely (RFC 9110, 12.5.1); 0 where none does. */
function qualityOf(accepted: Accepted, type: string): number {
  const ranges = [type, `${type.split('/')[0]}/*`, '*/*'];
  const found = ranges.map((range) => accepted.find((one) => one.type.toLowerCase() === range));
  return found.find((one) => one !== undefined)?.q ?? 0;
}

/** Responds with a body in a format; headers have been set before. */
export function sendTable<Body extends object>(
  c: Context,
  format: TableFormat,
  body: Body,
  table: Table<Body>,
): TypedResponse<Body, 200, 'json'> {
  if (format === 'json') return c.json(body, 200) as unknown as TypedResponse<Body, 200, 'json'>;
  c.header('Content-Disposition', `attachment; filename="${table.fileName}.csv"`);
  const response = c.body(csvOf(table, body), 200, { 'Content-Type': 'text/csv; charset=utf-8' });
  return response as unknown as TypedResponse<Body, 200, 'json'>;
}
