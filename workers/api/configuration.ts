import { z } from 'zod';

const configurationSchema = z.object({
  BUSINESS_TIME_ZONE: z
    .string({ error: 'is required: write an IANA time zone such as America/Guayaquil' })
    .refine(isTimeZone, 'is not a time zone: write an IANA name such as America/Guayaquil'),
  /** Origins, separated by commas, that may call the API from a browser; empty for its own only. */
  CORS_ALLOWED_ORIGINS: z
    .string()
    .default('')
    .transform((text) => text.split(',').flatMap((origin) => origin.trim() || []))
    .refine(
      (origins) => origins.every(isOrigin),
      'is not a list of origins: write https://shop.example,https://other.example or *',
    ),
});

export type ApiConfiguration = z.output<typeof configurationSchema>;

/** The variables of the Worker are not what the API needs; the message lists all of them. */
class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** @throws {ConfigurationError} listing every variable that is missing or wrong. */
export function parseConfiguration(variables: unknown): ApiConfiguration {
  const parsed = configurationSchema.safeParse(variables);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  throw new ConfigurationError(`the configuration of the API is not valid: ${lines.join('; ')}`);
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }) !== null;
  } catch {
    return false;
  }
}

function isOrigin(text: string): boolean {
  return text === '*' || (URL.canParse(text) && new URL(text).origin === text);
}
