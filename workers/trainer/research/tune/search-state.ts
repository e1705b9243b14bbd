import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { messageOf } from '../../../../shared/errors/message-of.ts';
import { UserError } from '../../../../shared/errors/user-error.ts';
import { isoDateSchema } from '../../../../shared/schemas/catalog.ts';
import { hasCode } from '../../data/absent-file.ts';
import { createDirectory } from '../../data/create-directory.ts';
import { modelParametersSchema } from '../../model/parameters.ts';

/** The identity of a search: two with the same one measure the same candidates on the same windows. */
const searchIdentitySchema = z.object({
  dataset: z.string(),
  /** SHA-256 of the sales, promotions, tickets and covariates. */
  data: z.string(),
  /** SHA-256 of the definitions of the features. */
  features: z.string(),
  /** Origins of the windows that are searched, the newest first. */
  windows: z.array(isoDateSchema),
  /** Origins of newer windows that the search does not use. */
  holdout: z.array(isoDateSchema),
  /** All of them, in the order in which they were drawn; the first are the current parameters. */
  candidates: z.array(modelParametersSchema),
  seed: z.int(),
  xgboost: z.string(),
  /** Sums of floats depend on the number of threads. */
  threads: z.int(),
});
export type SearchIdentity = z.infer<typeof searchIdentitySchema>;

/** One candidate on one window. */
const trialSchema = z.object({
  candidate: z.int(),
  window: isoDateSchema,
  rmsle: z.number(),
  /** null where nothing was sold in the window. */
  wape: z.number().nullable(),
});
export type Trial = z.infer<typeof trialSchema>;

const searchStateSchema = z.object({
  schema_version: z.literal(1),
  identity: searchIdentitySchema,
  /** In the order in which they were finished. */
  trials: z.array(trialSchema),
});
export type SearchState = z.infer<typeof searchStateSchema>;

/** Thrown where a search cannot be resumed; says why and what to do. */
export class SearchStateError extends UserError {
  override name = 'SearchStateError';
}

/**
 * Reads the state of an interrupted search, or creates one where there is none.
 *
 * @throws {SearchStateError} when the file is of another search, or cannot be read
 */
export async function openSearch(path: string, identity: SearchIdentity): Promise<SearchState> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  });
  if (text === null) return { schema_version: 1, identity, trials: [] };
  const state = parseState(path, text);
  const differing = Object.keys(identity).filter((key) => {
    const name = key as keyof SearchIdentity;
    return !isDeepStrictEqual(state.identity[name], identity[name]);
  });
  if (differing.length > 0) {
    throw new SearchStateError(
      `${path} holds a search that differs in: ${differing.join(', ')}. Its trials cannot be compared with this one's: ` +
        'name another file with --state, or remove it to start over',
    );
  }
  return state;
}

/** Writes the state atomically. */
export async function saveSearch(path: string, state: SearchState): Promise<void> {
  const partial = `${path}.${randomUUID()}.partial`;
  await createDirectory(dirname(path));
  try {
    await writeFile(partial, `${JSON.stringify(state, null, 1)}\n`);
    await rename(partial, path);
  } finally {
    await rm(partial, { force: true });
  }
}

function parseState(path: string, text: string): SearchState {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new SearchStateError(`${path} is not JSON (${messageOf(error)}): name another file with --state`);
  }
  const parsed = searchStateSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new SearchStateError(
    `${path} is not the state of a search: ${parsed.error.issues.map(({ path: field, message }) => `${field.join('.')}: ${message}`).join('; ')}; ` +
      'name another file with --state',
  );
}
