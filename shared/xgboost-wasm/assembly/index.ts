import { HEAP_BASE, SLIDE } from './image';

export { firstTreeWithoutCovers, firstUnsoundTree } from './check';
export { featuresAreSound, segmentsAreSound, startChecks } from './check-tile';
export { checksum } from './checksum';
export { contributionsBlock } from './contributions';
export { predictLinear } from './linear';
export { leavesOfBlock, predictBlock } from './predict';
export { swapWords } from './swap-words';
export { logf, transform } from './transform';

/** Writes the constants that the kernels read; returns where the allocator's memory begins. */
export function setUp(): usize {
  v128.store(SLIDE, i8x16.splat(1));
  v128.store(SLIDE, i8x16.splat(0), 16);
  v128.store(SLIDE, i8x16.splat(0), 32);
  return HEAP_BASE;
}
