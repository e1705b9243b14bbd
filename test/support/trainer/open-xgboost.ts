import type { TestContext } from 'vitest';
import { findXgboost, XgboostLibraryError } from '../../../workers/trainer/model/xgboost/find-library.ts';
import type { Xgboost } from '../../../workers/trainer/model/xgboost/xgboost.ts';

/** One search for all tests of a file: where there is no library, pip looks for it. */
let search: Promise<Xgboost> | undefined;

/** XGBoost, found as in training. Where it is not found, the test is skipped and says what was tried; REQUIRE_SERVICES=1 fails. */
export async function openXgboostOrSkip(context: TestContext): Promise<Xgboost> {
  search ??= findXgboost(() => undefined);
  return search.catch((error: unknown) => {
    const isRequired = process.env.REQUIRE_SERVICES === '1';
    if (error instanceof XgboostLibraryError && !isRequired) return context.skip(error.message);
    throw error;
  });
}
