/** The result of `computeFeatureFingerprint` for this code; written by `npm run fingerprint`. */
export const FEATURE_FINGERPRINT = '6881e15d2d92b4530a7e110013d8e746cf31813a5424d0d0cbd7429ba234f5d3';
