import { at } from '../../../../shared/at.ts';
import type { Store } from '../../../../shared/schemas/catalog.ts';
import { Random } from './random.ts';

/** The two parts of Ecuador whose school years start at different times. */
export type Region = 'coast' | 'highlands';

interface City {
  readonly city: string;
  readonly state: string;
  readonly region: Region;
  /** Number of stores in every 54. */
  readonly stores: number;
}

export const CITIES: readonly City[] = [
  { city: 'Quito', state: 'Pichincha', region: 'highlands', stores: 15 },
  { city: 'Guayaquil', state: 'Guayas', region: 'coast', stores: 9 },
  { city: 'Cuenca', state: 'Azuay', region: 'highlands', stores: 4 },
  { city: 'Ambato', state: 'Tungurahua', region: 'highlands', stores: 3 },
  { city: 'Manta', state: 'Manabi', region: 'coast', stores: 3 },
  { city: 'Santo Domingo', state: 'Santo Domingo de los Tsachilas', region: 'coast', stores: 3 },
  { city: 'Portoviejo', state: 'Manabi', region: 'coast', stores: 2 },
  { city: 'Machala', state: 'El Oro', region: 'coast', stores: 2 },
  { city: 'Ibarra', state: 'Imbabura', region: 'highlands', stores: 2 },
  { city: 'Latacunga', state: 'Cotopaxi', region: 'highlands', stores: 2 },
  { city: 'Loja', state: 'Loja', region: 'highlands', stores: 2 },
  { city: 'Riobamba', state: 'Chimborazo', region: 'highlands', stores: 2 },
  { city: 'Esmeraldas', state: 'Esmeraldas', region: 'coast', stores: 2 },
  { city: 'Salinas', state: 'Santa Elena', region: 'coast', stores: 1 },
  { city: 'Babahoyo', state: 'Los Rios', region: 'coast', stores: 1 },
  { city: 'Tulcan', state: 'Carchi', region: 'highlands', stores: 1 },
];

interface StoreType {
  readonly type: string;
  /** Number of stores of the type in every 54. */
  readonly stores: number;
  /** Demand relative to a store of size 1. */
  readonly size: number;
  /** Clusters of the type and their factors on its size. */
  readonly clusters: readonly (readonly [cluster: number, factor: number])[];
}

const STORE_TYPES: readonly StoreType[] = [
  {
    type: 'A',
    stores: 9,
    size: 2,
    clusters: [
      [5, 1.3],
      [11, 1],
      [14, 1.05],
      [17, 0.85],
    ],
  },
  {
    type: 'B',
    stores: 8,
    size: 1.1,
    clusters: [
      [6, 1.15],
      [16, 0.85],
    ],
  },
  {
    type: 'C',
    stores: 15,
    size: 0.62,
    clusters: [
      [3, 0.9],
      [7, 1.1],
      [12, 1.25],
      [15, 1],
    ],
  },
  {
    type: 'D',
    stores: 18,
    size: 1,
    clusters: [
      [1, 0.95],
      [2, 1],
      [4, 0.85],
      [8, 1.4],
      [9, 0.9],
      [13, 1.05],
    ],
  },
  { type: 'E', stores: 4, size: 0.8, clusters: [[10, 1]] },
];

/** A store of the synthetic dataset: its attributes in the dataset, and the planted ones. */
export interface SyntheticStore extends Store {
  readonly region: Region;
  /** Demand relative to a store of size 1: type x cluster x the store's own factor. */
  readonly size: number;
  /** Log effect on Saturdays and Sundays, balanced on the other days. */
  readonly weekendTilt: number;
  /** Units per ticket. */
  readonly basket: number;
  /** Share of the span that has passed when the store opens; 0 for a store that was always open. */
  readonly opensAfter: number;
}

const CYCLE = 54;
/** Steps that are coprime to 54: consecutive numbers get different cities and types. */
const CITY_STEP = 17;
const TYPE_STEP = 23;
/** Store number (within a cycle of 54) to the share of the span after which it opens. */
const LATE_OPENINGS: Readonly<Record<number, number>> = {
  9: 0.08,
  16: 0.3,
  22: 0.46,
  29: 0.48,
  36: 0.55,
  42: 0.57,
  50: 0.6,
  53: 0.93,
};

/** The item at a position in a cycle of 54, in which every item fills as many places as it has stores. */
function pick<T extends { readonly stores: number }>(items: readonly T[], position: number): T {
  let rest = position;
  for (const item of items) {
    if (rest < item.stores) return item;
    rest -= item.stores;
  }
  throw new RangeError(`position ${position} lies outside a cycle of ${CYCLE} stores`);
}

/** Stores 1..count; a store is the same whatever `count` is. */
export function createStores(count: number, seed: number): readonly SyntheticStore[] {
  return Array.from({ length: count }, (_, index) => {
    const number = index + 1;
    const random = new Random(seed, 'store', number);
    const place = pick(CITIES, (index * CITY_STEP) % CYCLE);
    const type = pick(STORE_TYPES, (index * TYPE_STEP + 21) % CYCLE);
    const [cluster, factor] = at(type.clusters, Math.floor(random.uniform() * type.clusters.length));
    return {
      store_nbr: String(number),
      city: place.city,
      state: place.state,
      type: type.type,
      cluster,
      region: place.region,
      size: type.size * factor * Math.exp(0.2 * random.normal() - 0.02),
      weekendTilt: 0.08 * random.normal(),
      basket: 6 * Math.exp(0.15 * random.normal()),
      opensAfter: LATE_OPENINGS[number % CYCLE] ?? 0,
    };
  });
}
