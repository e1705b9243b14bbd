import { z } from 'zod';
import {
  createBusinessClock,
  DEFAULT_TIME_ZONE,
  type EpochMs,
  isTimeZone,
} from '../calendar/business-clock.ts';
import { UserError } from '../errors/user-error.ts';

/** Invalid variables of a Worker; the message lists all of them. */
export class ConfigurationError extends UserError {
  override readonly name = 'ConfigurationError';
}

/** A whole number of `min` or more, as text. */
export function amountVariable(fallback: number, max: number, min = 1) {
  return z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .default(String(fallback))
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must lie in ${min}..${max}`);
}

/**
 * CLOCK_OFFSET_MS as the clock of the Worker: the real time, moved by so many milliseconds. Only `npm start` sets it, to
 * begin on another day; a deployment goes by the real time.
 */
export const nowVariable = z
  .string()
  .regex(/^-?\d{1,15}$/, 'must be a whole number of milliseconds; leave it out for the real time')
  .default('0')
  .transform((text) => {
    const offset = Number(text);
    return (): EpochMs => Date.now() + offset;
  });

/** BUSINESS_TIME_ZONE, as a name. */
export const timeZoneVariable = z
  .string(`is required: write an IANA time zone such as ${DEFAULT_TIME_ZONE}`)
  .refine(isTimeZone, `is not a time zone: write an IANA name such as ${DEFAULT_TIME_ZONE}`);

/** BUSINESS_TIME_ZONE as the clock of the stores' business days. */
export const businessClockVariable = timeZoneVariable.transform(createBusinessClock);

/**
 * @param of the owner of the variables, for the message.
 * @throws {ConfigurationError} listing every variable that is missing or wrong.
 */
export function parseVariables<T extends z.ZodType>(schema: T, variables: unknown, of: string): z.output<T> {
  const parsed = schema.safeParse(variables);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  throw new ConfigurationError(`the configuration of ${of} is not valid: ${lines.join('; ')}`);
}
