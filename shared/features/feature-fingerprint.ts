/** The result of `computeFeatureFingerprint` for this code; written by `npm run fingerprint`. */
export const FEATURE_FINGERPRINT = '300ee4e330b55f450ee864af10884f26222ac9ab40a7abc236bc14d635422b42';
