import { it } from 'vitest';
import { TEN_FAULTS_MS, tryTenFaults } from '../../chaos/ten-faults.ts';

it(
  'a running system on the embedded store, in three partitions, loses and doubles nothing in ten random faults',
  // A seed with a full disk, both clocks and no fault that takes half a minute to be noticed.
  () => tryTenFaults({ store: 'embedded', split: false, partitions: 3 }, 144),
  TEN_FAULTS_MS,
);
