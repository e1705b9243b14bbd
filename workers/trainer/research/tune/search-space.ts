import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { YEAR_OF_WEEKS } from '../../../../shared/calendar/day-number.ts';
import { messageOf } from '../../../../shared/errors/message-of.ts';
import { UserError } from '../../../../shared/errors/user-error.ts';
import { type ModelParameters, modelParametersSchema, PARAMETER_NAMES } from '../../model/parameters.ts';

type ParameterShape = typeof modelParametersSchema.shape;

/** The values that a search tries for each parameter; an absent parameter keeps its value. */
const searchSpaceSchema = z
  .strictObject(
    Object.fromEntries(
      PARAMETER_NAMES.map((name) => [name, z.array(modelParametersSchema.shape[name]).min(1).optional()]),
    ) as { [Name in keyof ParameterShape]: z.ZodOptional<z.ZodArray<ParameterShape[Name]>> },
  )
  .refine((space) => Object.values(space).some((values) => values !== undefined && values.length > 1), {
    message: 'nothing to search: give at least one parameter two values',
  });
export type SearchSpace = z.infer<typeof searchSpaceSchema>;

/** Values around the defaults, including cheap ones. */
export const DEFAULT_SPACE: SearchSpace = {
  rounds: [150, 200, 300, 400],
  eta: [0.03, 0.05, 0.08],
  max_depth: [4, 5, 6, 8],
  min_child_weight: [1, 5, 20, 60],
  colsample_bytree: [0.2, 0.3, 0.4, 0.6],
  colsample_bynode: [0.5, 1],
  subsample: [0.6, 0.8, 1],
  lambda: [1, 5, 20],
  max_bin: [64, 256],
  training_days: [YEAR_OF_WEEKS, 2 * YEAR_OF_WEEKS, 3 * YEAR_OF_WEEKS],
  origin_stride: [2, 3, 5],
};

/** Thrown for a search space that cannot be read; names every wrong field. */
export class SearchSpaceError extends UserError {
  override name = 'SearchSpaceError';
}

/**
 * The space in a JSON file, e.g. `{ "max_depth": [4, 6, 8], "eta": [0.03, 0.05] }`; the default one without a file.
 *
 * @throws {SearchSpaceError}
 */
export async function readSearchSpace(path: string | undefined): Promise<SearchSpace> {
  if (path === undefined) return DEFAULT_SPACE;
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new SearchSpaceError(`${path} cannot be read as JSON: ${messageOf(error)}`);
  }
  const parsed = searchSpaceSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(
    ({ path: field, message }) => `${field.join('.') || 'the file'}: ${message}`,
  );
  throw new SearchSpaceError(
    `${path} is not a search space: ${issues.join('; ')}. Known: ${PARAMETER_NAMES.join(', ')}, a list of values each`,
  );
}

/**
 * The candidates of a search: first the current parameters, then random points of the space without duplicates. The
 * n-th candidate depends on the seed and n alone, so requesting more leaves the first ones unchanged.
 *
 * @param count how many, the first included; fewer where the space is smaller
 */
export function drawCandidates(
  space: SearchSpace,
  current: ModelParameters,
  count: number,
  random: () => number,
): ModelParameters[] {
  const candidates = [current];
  const known = new Set([JSON.stringify(current)]);
  const axes = PARAMETER_NAMES.flatMap((name) => {
    const values = space[name];
    return values ? [{ name, values }] : [];
  });
  // A duplicate is drawn again; where nearly all points are known that takes many attempts.
  for (let attempt = 0; candidates.length < count && attempt < 200 * count; attempt++) {
    const drawn = axes.map(({ name, values }) => [name, values[Math.floor(random() * values.length)]]);
    const candidate: ModelParameters = { ...current, ...Object.fromEntries(drawn) };
    const key = JSON.stringify(candidate);
    if (known.has(key)) continue;
    known.add(key);
    candidates.push(candidate);
  }
  return candidates;
}
