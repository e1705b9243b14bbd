/**
 * `no-champion`: nothing is in service. `invalid-pointer`: the pointer cannot be read. `unknown-version`: no such model.
 * `incomplete`: a model whose files are missing or damaged. `nothing-before`: no earlier champion to go back to.
 * `conflict`: somebody else moved the pointer, or published a dataset, meanwhile.
 */
export type RegistryErrorCode =
  | 'no-champion'
  | 'invalid-pointer'
  | 'unknown-version'
  | 'incomplete'
  | 'nothing-before'
  | 'conflict';

/** Why a model was not put into service; the message says what to do. */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  readonly code: RegistryErrorCode;

  constructor(code: RegistryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
