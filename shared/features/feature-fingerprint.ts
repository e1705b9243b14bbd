/** The result of `computeFeatureFingerprint` for this code; written by `npm run fingerprint`. */
export const FEATURE_FINGERPRINT = '360725857b259333410681839eee94fe494a4d27ed0f1568c8fed5d496ab78b5';
