import koffi from 'koffi';

/** An opaque pointer of the library. */
export type Handle = object;

type OutHandle = [Handle | null];

/** The functions of XGBoost's C API that training needs; each returns 0, or -1 with the reason in `lastError`. */
export interface XgboostFunctions {
  lastError(): string;
  version(major: [number], minor: [number], patch: [number]): void;
  matrixFromMat(
    data: Float32Array,
    rows: number,
    columns: number,
    missing: number,
    out: OutHandle,
    threads: number,
  ): number;
  matrixSetFloatInfo(matrix: Handle, field: string, values: Float32Array, length: number): number;
  matrixSetTextInfo(matrix: Handle, field: string, values: readonly string[], length: number): number;
  matrixFree(matrix: Handle): number;
  boosterCreate(matrices: readonly Handle[], count: number, out: OutHandle): number;
  boosterSetParam(booster: Handle, name: string, value: string): number;
  boosterUpdate(booster: Handle, iteration: number, matrix: Handle): number;
  boosterEvaluate(
    booster: Handle,
    iteration: number,
    matrices: readonly Handle[],
    names: readonly string[],
    count: number,
    result: [string | null],
  ): number;
  boosterPredict(
    booster: Handle,
    matrix: Handle,
    config: string,
    shape: [unknown],
    dimensions: [number | bigint],
    result: [unknown],
  ): number;
  boosterSave(booster: Handle, config: string, length: [number | bigint], out: [unknown]): number;
  boosterLoad(booster: Handle, model: Uint8Array, length: number): number;
  boosterFree(booster: Handle): number;
}

/** @throws when the file is not a shared library for this machine, or lacks a function. */
export function bindLibrary(path: string): XgboostFunctions {
  // OpenMP threads spin while they wait, unless configured otherwise before the library is loaded; on a busy machine
  // that makes training several times slower.
  process.env.OMP_WAIT_POLICY ??= 'passive';
  const library = koffi.load(path);
  return {
    lastError: library.func('const char *XGBGetLastError()'),
    version: library.func('void XGBoostVersion(_Out_ int *major, _Out_ int *minor, _Out_ int *patch)'),
    matrixFromMat: library.func(
      'int XGDMatrixCreateFromMat_omp(const float *data, uint64_t nrow, uint64_t ncol, float missing, _Out_ void **out, int nthread)',
    ),
    matrixSetFloatInfo: library.func(
      'int XGDMatrixSetFloatInfo(void *handle, const char *field, const float *array, uint64_t len)',
    ),
    matrixSetTextInfo: library.func(
      'int XGDMatrixSetStrFeatureInfo(void *handle, const char *field, const char **features, uint64_t size)',
    ),
    matrixFree: library.func('int XGDMatrixFree(void *handle)'),
    boosterCreate: library.func('int XGBoosterCreate(void **dmats, uint64_t len, _Out_ void **out)'),
    boosterSetParam: library.func('int XGBoosterSetParam(void *handle, const char *name, const char *value)'),
    boosterUpdate: library.func('int XGBoosterUpdateOneIter(void *handle, int iter, void *dtrain)'),
    boosterEvaluate: library.func(
      'int XGBoosterEvalOneIter(void *handle, int iter, void **dmats, const char **names, uint64_t len, _Out_ const char **result)',
    ),
    boosterPredict: library.func(
      'int XGBoosterPredictFromDMatrix(void *handle, void *dmat, const char *config, _Out_ void **shape, _Out_ uint64_t *dim, _Out_ void **result)',
    ),
    boosterSave: library.func(
      'int XGBoosterSaveModelToBuffer(void *handle, const char *config, _Out_ uint64_t *len, _Out_ void **out)',
    ),
    boosterLoad: library.func(
      'int XGBoosterLoadModelFromBuffer(void *handle, const uint8_t *buf, uint64_t len)',
    ),
    boosterFree: library.func('int XGBoosterFree(void *handle)'),
  };
}

/** Copies `count` floats from the library's memory. */
export function copyFloats(pointer: unknown, count: number): Float32Array {
  return Float32Array.from(koffi.decode(pointer, koffi.array('float', count, 'Typed')) as Float32Array);
}

/** Copies `count` bytes from the library's memory. */
export function copyBytes(pointer: unknown, count: number): Uint8Array {
  return Uint8Array.from(koffi.decode(pointer, koffi.array('uint8_t', count, 'Typed')) as Uint8Array);
}
