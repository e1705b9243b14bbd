import type { ComponentState } from '../../../shared/schemas/api/health.ts';
import type { ParameterError, ProblemCode } from '../../../shared/schemas/api/problem.ts';

interface ProblemExtras {
  readonly errors?: readonly ParameterError[];
  readonly suggestions?: readonly string[];
  readonly missing?: readonly ComponentState[];
}

/** A documented refusal: the code says what kind, the detail what happened and what to do about it. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly code: ProblemCode;
  readonly extras: ProblemExtras;

  constructor(code: ProblemCode, detail: string, extras: ProblemExtras = {}) {
    super(detail);
    this.code = code;
    this.extras = extras;
  }
}
