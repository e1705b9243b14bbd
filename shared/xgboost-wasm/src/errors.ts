/** The kind of failure, for programs: every error of this package has one of these. */
export type XgboostWasmErrorCode =
  | 'unknown-format'
  | 'legacy-binary'
  | 'malformed-document'
  | 'invalid-model'
  | 'unsupported-model'
  | 'invalid-packed'
  | 'invalid-input'
  | 'disposed'
  | 'out-of-memory'
  | 'wasm-unavailable';

/**
 * The only error class of this package.
 *
 * `code` is the kind of failure; `path` names the offending field of the model document
 * (`learner.gradient_booster.model.trees[3].left_children`), the option, or the byte offset.
 */
export class XgboostWasmError extends Error {
  override readonly name = 'XgboostWasmError';
  readonly code: XgboostWasmErrorCode;
  readonly path: string;

  constructor(code: XgboostWasmErrorCode, path: string, message: string) {
    super(path === '' ? message : `${path}: ${message}`);
    this.code = code;
    this.path = path;
  }
}
