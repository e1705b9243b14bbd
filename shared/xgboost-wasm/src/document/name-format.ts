const SAVE = 'booster.save_model("model.ubj")';

interface KnownFormat {
  /** The beginning of the file, one character per byte. */
  readonly begins: RegExp | readonly string[];
  readonly advice: string;
}

/** Files that are mistaken for a model file, or that hold a model in another form. */
const FORMATS: readonly KnownFormat[] = [
  {
    begins: ['\x1f\x8b'],
    advice:
      'this is a gzip file: unpack it first. An R .rds file is one too: load it in R with readRDS and call ' +
      'xgb.save(model, "model.ubj")',
  },
  {
    begins: ['\x80\x02', '\x80\x03', '\x80\x04', '\x80\x05'],
    advice:
      `this is a Python pickle (joblib writes them too): load it in Python and call ${SAVE}; a scikit-learn style ` +
      'model returns its booster from get_booster()',
  },
  { begins: ['PK\x03\x04'], advice: 'this is a zip file: unpack the model file first' },
  {
    begins: ['version https://git-lfs'],
    advice: 'this is a Git LFS pointer, not the file itself: fetch that with git lfs pull',
  },
  { begins: ['\xef\xbb\xbf'], advice: 'the file begins with a byte order mark: save it without' },
  {
    begins: /^(booster\[\d+\]:|\d+:(\[|leaf=))|^\s*\[\s*\{\s*"nodeid"/,
    advice:
      'this is the text of dump_model, which lacks data that predictions need: load the model that it was made from ' +
      `and call ${SAVE}`,
  },
  { begins: ['tree\nversion='], advice: 'this is a LightGBM model: only XGBoost models can be read' },
];

/** Identifies a file that is not a model file, and says how to get one from it; undefined for an unknown one. */
export function nameFormat(bytes: Uint8Array): string | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 64));
  const matches = ({ begins }: KnownFormat): boolean =>
    begins instanceof RegExp ? begins.test(head) : begins.some((start) => head.startsWith(start));
  return FORMATS.find(matches)?.advice;
}
