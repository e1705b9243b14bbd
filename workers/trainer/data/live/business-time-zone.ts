import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  type BusinessClock,
  createBusinessClock,
  DEFAULT_TIME_ZONE,
  isTimeZone,
} from '../../../../shared/calendar/business-clock.ts';
import { messageOf } from '../../../../shared/errors/message-of.ts';
import { UserError } from '../../../../shared/errors/user-error.ts';

const WRANGLER_TOML = fileURLToPath(new URL('../../../../wrangler.toml', import.meta.url));

/** Thrown if the business time zone is unknown. */
export class TimeZoneError extends UserError {
  override name = 'TimeZoneError';
}

/**
 * The business clock: `BUSINESS_TIME_ZONE` of the environment, else that of wrangler.toml, which the Workers use. A
 * model trained with another clock would take the day in progress for a finished one.
 *
 * @throws {TimeZoneError} if neither sets a time zone, or it is unknown to this machine.
 */
export async function openBusinessClock(
  environment: Readonly<Record<string, string | undefined>>,
  configPath: string = WRANGLER_TOML,
): Promise<BusinessClock> {
  const given = environment.BUSINESS_TIME_ZONE || null;
  const name = given ?? (await readVariable(configPath));
  const source = given === null ? configPath : 'the environment';
  if (name === null) {
    throw new TimeZoneError(
      `BUSINESS_TIME_ZONE is missing: write it below [vars] in ${configPath}, for example "${DEFAULT_TIME_ZONE}"`,
    );
  }
  if (!isTimeZone(name)) {
    throw new TimeZoneError(
      `BUSINESS_TIME_ZONE "${name}" (${source}) is not an IANA time zone: write one such as ${DEFAULT_TIME_ZONE}`,
    );
  }
  return createBusinessClock(name);
}

/**
 * The variable among those of the standalone Worker, `[vars]`. Parsed by hand: wrangler's own parser takes seconds to
 * load, and the name of a time zone needs no more of TOML than a quoted string.
 */
async function readVariable(configPath: string): Promise<string | null> {
  const text = await readFile(configPath, 'utf8').catch((error: unknown) => {
    const why = messageOf(error);
    throw new TimeZoneError(`BUSINESS_TIME_ZONE cannot be read: ${why}. Set it in the environment`);
  });
  let table = '';
  for (const line of text.split(/\r?\n/)) {
    table = /^\s*\[+\s*([^\]]*?)\s*\]+\s*(?:#.*)?$/.exec(line)?.[1] ?? table;
    const value = /^\s*BUSINESS_TIME_ZONE\s*=\s*(["'])(.*?)\1\s*(?:#.*)?$/.exec(line)?.[2];
    if (table === 'vars' && value) return value;
  }
  return null;
}
