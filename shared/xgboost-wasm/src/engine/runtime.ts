import type { WordReader } from '../document/word-reader.ts';
import { XgboostWasmError } from '../errors.ts';
import { Allocator } from './allocator.ts';
import type { Kernels } from './kernels.ts';

const WORDS_AT_A_TIME = 1 << 14;

/** Node 20 has no `detached`; there a detached view counts as an empty array. */
function isDetached(buffer: ArrayBufferLike): boolean {
  return 'detached' in buffer && buffer.detached;
}

/** The kernels, their memory and one scratch area that all models of an engine share. */
export class Runtime {
  readonly kernels: Kernels;
  readonly allocator: Allocator;
  private readonly memory: WebAssembly.Memory;
  /** Shared blocks: start to end. */
  private readonly shared = new Map<number, number>();
  /** The rest of the buffer from which arrays of decoded words are taken. */
  private pool = new Int32Array(0);
  private scratchAt = 0;
  private scratchBytes = 0;
  private viewBytes: Uint8Array;
  private viewFloats: Float32Array;

  constructor(kernels: Kernels, memory: WebAssembly.Memory) {
    this.kernels = kernels;
    this.memory = memory;
    this.allocator = new Allocator(memory, kernels.setUp());
    this.viewBytes = new Uint8Array(memory.buffer);
    this.viewFloats = new Float32Array(memory.buffer);
  }

  /** Views of the memory; invalid after an allocation, which may move it. */
  get bytes(): Uint8Array {
    if (this.viewBytes.buffer !== this.memory.buffer) this.viewBytes = new Uint8Array(this.memory.buffer);
    return this.viewBytes;
  }

  get floats(): Float32Array {
    if (this.viewFloats.buffer !== this.memory.buffer) this.viewFloats = new Float32Array(this.memory.buffer);
    return this.viewFloats;
  }

  get memoryBytes(): number {
    return this.memory.buffer.byteLength;
  }

  /** Copies bytes into the memory; returns their address. */
  place(bytes: Uint8Array): number {
    const at = this.allocator.allocate(bytes.length);
    this.bytes.set(bytes, at);
    return at;
  }

  /** Decodes big-endian words through the scratch area; see {@link WordReader}. */
  readonly readWords: WordReader = (bytes, at, count) => {
    const words = this.takeWords(count);
    for (let done = 0; done < count; done += WORDS_AT_A_TIME) {
      const some = Math.min(WORDS_AT_A_TIME, count - done);
      const area = this.scratch(WORDS_AT_A_TIME * 4);
      this.bytes.set(bytes.subarray(at + 4 * done, at + 4 * (done + some)), area);
      this.kernels.swapWords(area, some);
      words.set(new Int32Array(this.memory.buffer, area, some), done);
    }
    return words;
  };

  /** Short arrays share a buffer: one allocation each would cost more than decoding them. */
  private takeWords(count: number): Int32Array<ArrayBuffer> {
    if (count > WORDS_AT_A_TIME) return new Int32Array(count);
    if (this.pool.length < count) this.pool = new Int32Array(4 * WORDS_AT_A_TIME);
    const taken = this.pool.subarray(0, count);
    this.pool = this.pool.subarray(count);
    return taken;
  }

  /** Memory that callers may see; returns its address. */
  share(bytes: number): number {
    const at = this.allocator.allocate(bytes);
    this.shared.set(at, at + bytes);
    return at;
  }

  unshare(at: number): void {
    this.shared.delete(at);
    this.allocator.release(at);
  }

  /**
   * Where a view of shared memory lies; undefined for any other array.
   *
   * @throws XgboostWasmError `invalid-input` for a view that was detached when the memory grew, or of memory that is
   *   not (or no longer) shared
   */
  addressOf(array: Float32Array, path: string): number | undefined {
    const { buffer, byteOffset, byteLength } = array;
    if (buffer !== this.memory.buffer) {
      if (byteLength > 0 || !isDetached(buffer)) return undefined;
      throw new XgboostWasmError(
        'invalid-input',
        path,
        'is a view from before the memory grew: read `values` again',
      );
    }
    for (const [start, end] of this.shared) {
      if (byteOffset >= start && byteOffset + byteLength <= end) return byteOffset;
    }
    throw new XgboostWasmError('invalid-input', path, 'is a view of memory that has been disposed of');
  }

  /** An area of at least `bytes` bytes that is free until the next call. */
  scratch(bytes: number): number {
    if (bytes > this.scratchBytes) {
      if (this.scratchBytes > 0) this.allocator.release(this.scratchAt);
      this.scratchBytes = 0;
      this.scratchAt = this.allocator.allocate(bytes);
      this.scratchBytes = bytes;
    }
    return this.scratchAt;
  }
}
