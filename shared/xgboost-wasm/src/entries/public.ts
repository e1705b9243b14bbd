export type { Engine } from '../engine/engine.ts';
export type { Model, PackOptions } from '../engine/model.ts';
export type { PredictOptions, PredictOutput } from '../engine/predict-options.ts';
export type { SharedFloats } from '../engine/shared-floats.ts';
export { XgboostWasmError, type XgboostWasmErrorCode } from '../errors.ts';
export type { EngineOptions } from './engine-options.ts';
