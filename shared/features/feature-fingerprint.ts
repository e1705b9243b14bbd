/** The result of `computeFeatureFingerprint` for this code; written by `npm run fingerprint`. */
export const FEATURE_FINGERPRINT = 'b682dc1a7057f72791c0b90ad63448c5a658486d4c8144f0e40233801a4abda6';
