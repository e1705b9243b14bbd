/** `no-model`: nothing is published. `model-mismatch`: what is published cannot be served by this build. */
export type ModelErrorCode = 'no-model' | 'model-mismatch';

/** Why no model can be served; the message names what is wrong and what to do about it. */
export class ModelError extends Error {
  override readonly name = 'ModelError';
  readonly code: ModelErrorCode;

  constructor(code: ModelErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
