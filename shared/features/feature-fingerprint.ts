/** The result of `computeFeatureFingerprint` for this code; written by `npm run fingerprint`. */
export const FEATURE_FINGERPRINT = 'f70ce3ab46ccac7fac7360e8714428289ba5b0fae27a5c6358faeb976f715c99';
