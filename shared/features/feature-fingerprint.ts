/** What `computeFeatureFingerprint` gives for this code; written by `npm run fingerprint`. */
export const FEATURE_FINGERPRINT = '06cb102371f7ef5954b2e1300d67222cbcfe3e4d315eb7c99a4dab50bc8faffc';
