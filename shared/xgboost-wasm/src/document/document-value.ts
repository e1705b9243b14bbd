/** An array of numbers as the UBJSON reader returns it: typed, so that no element is boxed. */
export type NumberArray =
  | Float64Array
  | Float32Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint8Array
  | BigInt64Array;

/** A JSON or UBJSON object. A Map, so that keys such as `__proto__` are plain data. */
export type DocumentObject = Map<string, DocumentValue>;

/** Any value of a parsed model document, in either format. */
export type DocumentValue = null | boolean | number | string | NumberArray | DocumentValue[] | DocumentObject;

/** Objects and arrays may nest this deep; real models need 7. */
export const MAX_DOCUMENT_DEPTH = 48;
