/** The result of `computeFeatureFingerprint` for this code; written by `npm run fingerprint`. */
export const FEATURE_FINGERPRINT = '40be36f015dcddeb518c44b84789c82a469a2cace9670d65f8e61cef5fa3a3b5';
