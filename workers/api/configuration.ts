import { z } from 'zod';
import { nowVariable, parseVariables, timeZoneVariable } from '../../shared/configuration/variables.ts';
import { findKeyProblem } from './access/bearer-keys.ts';

/** Texts separated by commas. */
const listVariable = z
  .string()
  .default('')
  .transform((text) => text.split(',').flatMap((item) => item.trim() || []));

const configurationSchema = z.object({
  BUSINESS_TIME_ZONE: timeZoneVariable,
  CLOCK_OFFSET_MS: nowVariable,
  /** Ticks a second; only `npm start -- --speed` sets it. */
  CLOCK_SPEED: z.string().optional(),
  /** Origins, separated by commas, that may call the API from a browser; empty for the API's own only. */
  CORS_ALLOWED_ORIGINS: listVariable.refine(
    (origins) => origins.every(isOrigin),
    'is not a list of origins: write https://shop.example,https://other.example or *',
  ),
  /**
   * Keys for sending sales, separated by commas, each as plain text or as sha256:<hexadecimal>; empty: ingestion is
   * disabled.
   */
  INGEST_API_KEYS: listVariable.superRefine((keys, context) => {
    const problem = findKeyProblem(keys);
    if (problem !== null) context.addIssue({ code: 'custom', message: `is not a list of keys: ${problem}` });
  }),
});

export type ApiConfiguration = z.output<typeof configurationSchema>;

/** @throws {ConfigurationError} listing every variable that is missing or wrong. */
export function parseConfiguration(variables: unknown): ApiConfiguration {
  return parseVariables(configurationSchema, variables, 'the API');
}

function isOrigin(text: string): boolean {
  return text === '*' || (URL.canParse(text) && new URL(text).origin === text);
}
