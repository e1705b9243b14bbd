import type { WordReader } from '../document/word-reader.ts';
import { Allocator } from './allocator.ts';
import type { Kernels } from './kernels.ts';

const WORDS_AT_A_TIME = 1 << 14;

/** The kernels, their memory and one scratch area that all models of an engine share. */
export class Runtime {
  readonly kernels: Kernels;
  readonly allocator: Allocator;
  private readonly memory: WebAssembly.Memory;
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
    const words = new Int32Array(count);
    for (let done = 0; done < count; done += WORDS_AT_A_TIME) {
      const some = Math.min(WORDS_AT_A_TIME, count - done);
      const area = this.scratch(WORDS_AT_A_TIME * 4);
      this.bytes.set(bytes.subarray(at + 4 * done, at + 4 * (done + some)), area);
      this.kernels.swapWords(area, some);
      words.set(new Int32Array(this.memory.buffer, area, some), done);
    }
    return words;
  };

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
