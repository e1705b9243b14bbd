import type { DayNumber } from '../../../shared/calendar/day-number.ts';
import { buildSampledRows, FEATURE_COUNT } from '../../../shared/features/index.ts';
import {
  type PromotionEffect,
  promotionEffectOf,
  promotionOffset,
} from '../../../shared/forecast/promotion-response.ts';
import type { PromotionResponse } from '../../../shared/schemas/manifest.ts';
import { fitPromotionResponse } from './fit-promotion-response.ts';
import type { PanelSeries } from './panel-series.ts';

/** What the columns of a row are, and what its target is measured from. */
export interface RowLayout {
  readonly columns: number;
  /**
   * Writes the rows of the first `count` of `horizons` one after the other from `offset` on, and what each row's target
   * is measured from: label = log1p(units) - anchor. Reads units and tickets up to the origin only.
   */
  write(
    series: PanelSeries,
    origin: DayNumber,
    horizons: Uint8Array,
    count: number,
    out: Float32Array,
    offset: number,
    anchorsOut: Float64Array,
  ): void;
  /** What promotions are worth, for a layout that has learned it. */
  readonly promotionResponse?: PromotionResponse | null;
  /** The same layout with what it takes from the days up to `lastDay`, for one that learns something before rows are made. */
  learn?(series: readonly PanelSeries[], lastDay: DayNumber): RowLayout;
}

/**
 * The rows of a model: the features that the API builds, the target measured from the anchor, which is moved by what the
 * planned promotions are worth.
 */
export function modelRows(promotionResponse: PromotionResponse | null): RowLayout {
  const effects = new Map<string, PromotionEffect | null>();
  const effectOf = (family: string) => {
    const known = effects.get(family);
    if (known !== undefined) return known;
    const effect = promotionEffectOf(promotionResponse, family);
    effects.set(family, effect && tabulated(effect));
    return effects.get(family) ?? null;
  };
  return {
    columns: FEATURE_COUNT,
    promotionResponse,
    write({ family, history, covariates }, origin, horizons, count, out, offset, anchorsOut) {
      buildSampledRows(history, covariates, origin, horizons, count, out, offset, anchorsOut);
      const effect = effectOf(family);
      if (!effect) return;
      for (let i = 0; i < count; i++) {
        const anchor = anchorsOut[i] as number;
        anchorsOut[i] = anchor + promotionOffset(effect, history, origin, horizons[i] as number, anchor);
      }
    },
  };
}

/** The same effect, looked up where items are few enough. */
function tabulated(effect: PromotionEffect): PromotionEffect {
  const table = Float64Array.from({ length: 512 }, (_, items) => effect(items));
  return (items) => table[items] ?? effect(items);
}

/** The rows of the model in service, which learns first what promotions are worth. */
export const MODEL_ROWS: RowLayout = {
  ...modelRows(null),
  learn: (series, lastDay) => modelRows(fitPromotionResponse(series, lastDay)),
};
