/** A feature index is stored in 31 bits by XGBoost. */
export const MAX_FEATURES = 1_000_000;
export const MAX_GROUPS = 65_535;
/** XGBoost itself refuses categories from 2^24 on: float32 cannot distinguish them. */
export const MAX_CATEGORY = (1 << 24) - 1;
/** Bits of all category sets of a model together; a hostile file could request terabytes. */
export const MAX_CATEGORY_BITS = 1 << 27;
