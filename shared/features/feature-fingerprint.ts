/** The result of `computeFeatureFingerprint` for this code; written by `npm run fingerprint`. */
export const FEATURE_FINGERPRINT = 'cbdebba4f896c2a5cfcd6bf3b24797d2cf4fcb28f9335e835e04522701a51490';
