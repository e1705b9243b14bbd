import { XgboostWasmError } from '../errors.ts';

const PAGE = 65_536;
const ALIGNMENT = 16;
/** Kernels may write this far past the end of an array; every block has that much spare room. */
const SLACK = 16;

/** Bytes of an area in a row of areas, each aligned and with room to spare. In doubles: bitwise operators wrap at 2^31. */
export function areaBytes(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT + SLACK;
}

/** A first-fit allocator over the wasm memory: freed blocks are merged and used again, memory never shrinks. */
export class Allocator {
  private readonly memory: WebAssembly.Memory;
  /** Free blocks by address, never adjacent: [start, end) pairs. */
  private free: { start: number; end: number }[];
  private readonly sizes = new Map<number, number>();

  constructor(memory: WebAssembly.Memory, heapBase: number) {
    this.memory = memory;
    this.free = [{ start: heapBase, end: memory.buffer.byteLength }];
  }

  /** @returns a 16-byte aligned address of at least `bytes` bytes, contents unspecified */
  allocate(bytes: number): number {
    const size = (bytes + SLACK + ALIGNMENT - 1) & -ALIGNMENT;
    if (size <= 0 || bytes > 2 ** 31 - 64)
      throw new XgboostWasmError('out-of-memory', '', `${bytes} bytes are too many`);
    let index = this.free.findIndex((block) => block.end - block.start >= size);
    if (index < 0) {
      this.grow(size);
      index = this.free.length - 1;
    }
    const block = this.free[index];
    if (block === undefined) throw new XgboostWasmError('out-of-memory', '', 'no block after growing');
    const at = block.start;
    block.start += size;
    if (block.start === block.end) this.free.splice(index, 1);
    this.sizes.set(at, size);
    return at;
  }

  release(at: number): void {
    const size = this.sizes.get(at);
    if (size === undefined) return;
    this.sizes.delete(at);
    this.insert(at, at + size);
  }

  private insert(start: number, end: number): void {
    let index = this.free.findIndex((block) => block.start > start);
    if (index < 0) index = this.free.length;
    const before = this.free[index - 1];
    const after = this.free[index];
    if (before !== undefined && before.end === start) {
      before.end = end;
      if (after !== undefined && after.start === end) {
        before.end = after.end;
        this.free.splice(index, 1);
      }
    } else if (after !== undefined && after.start === end) after.start = start;
    else this.free.splice(index, 0, { start, end });
  }

  private grow(size: number): void {
    const top = this.memory.buffer.byteLength;
    const last = this.free.at(-1);
    const spare = last !== undefined && last.end === top ? last.end - last.start : 0;
    const pages = Math.ceil((size - spare) / PAGE);
    try {
      this.memory.grow(pages);
    } catch {
      throw new XgboostWasmError('out-of-memory', '', `the wasm memory cannot grow by ${pages * PAGE} bytes`);
    }
    this.insert(top, this.memory.buffer.byteLength);
  }
}
