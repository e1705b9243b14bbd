/** The result of `computeFeatureFingerprint` for this code; written by `npm run fingerprint`. */
export const FEATURE_FINGERPRINT = '3040dfe2241730e121db0c2ae605f5315c68f1026978289bcaa356b43f934217';
