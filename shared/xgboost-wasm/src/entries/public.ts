export type { Engine } from '../api/engine.ts';
export type { Model, PackOptions } from '../api/model.ts';
export type { PredictOptions, PredictOutput } from '../engine/predict-options.ts';
export type { SharedFloats } from '../engine/shared-floats.ts';
export { XgboostWasmError, type XgboostWasmErrorCode } from '../errors.ts';
export type { EngineOptions } from './engine-options.ts';
