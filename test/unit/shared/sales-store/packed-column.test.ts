import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  packInt32,
  packUint16,
  unpackInt32,
  unpackUint16,
} from '../../../../shared/sales-store/packed-column.ts';

describe('a packed column', () => {
  it('is little-endian', () => {
    expect(packInt32(Int32Array.of(1, -1, 0x01020304))).toEqual(
      Uint8Array.of(1, 0, 0, 0, 255, 255, 255, 255, 4, 3, 2, 1),
    );
    expect(packUint16(Uint16Array.of(1, 0x0102))).toEqual(Uint8Array.of(1, 0, 2, 1));
  });

  it('comes back as it was', () => {
    fc.assert(
      fc.property(fc.int32Array(), fc.uint16Array(), (units, items) => {
        expect(unpackInt32(packInt32(units).buffer)).toEqual(Int32Array.from(units));
        expect(unpackUint16(packUint16(items).buffer)).toEqual(Uint16Array.from(items));
      }),
    );
  });

  it('can be read in part', () => {
    expect(unpackInt32(packInt32(Int32Array.of(5, 6, 7)).buffer, 2)).toEqual(Int32Array.of(5, 6));
    expect(unpackUint16(packUint16(Uint16Array.of(5, 6, 7)).buffer, 0)).toEqual(new Uint16Array(0));
  });
});
