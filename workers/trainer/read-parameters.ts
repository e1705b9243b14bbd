import { readFile } from 'node:fs/promises';
import { type ModelParameters, modelParametersSchema, PARAMETER_NAMES } from './model-parameters.ts';

/** Thrown for a parameter file that cannot be read; names every wrong field. */
export class ParameterFileError extends Error {
  override name = 'ParameterFileError';
}

/**
 * The parameters in a JSON file, e.g. `{ "max_depth": 8, "rounds": 200 }`, as `npm run tune` writes them; what it leaves
 * out is as by default.
 *
 * @throws {ParameterFileError}
 */
export async function readParameters(path: string | undefined): Promise<Partial<ModelParameters>> {
  if (path === undefined) return {};
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw new ParameterFileError(
      `${path} cannot be read as JSON: ${error instanceof Error ? error.message : error}`,
    );
  }
  const parsed = modelParametersSchema.partial().safeParse(value);
  if (parsed.success) return parsed.data as Partial<ModelParameters>;
  const issues = parsed.error.issues.map(
    ({ path: field, message }) => `${field.join('.') || 'the file'}: ${message}`,
  );
  throw new ParameterFileError(
    `${path} is no set of parameters: ${issues.join('; ')}. Known: ${PARAMETER_NAMES.join(', ')}`,
  );
}
