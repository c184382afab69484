/** The kernels in TypeScript: the reference for those in WebAssembly, and what runs where these cannot. */
import { appendKey } from './append-key.js';
import { assignHashed, assignIds, assignKey, fillGroups, slotsOf } from './assign-groups.js';
import { maxNumbers, maxRanks, minNumbers, reachingRows } from './extreme-numbers.js';
import { gatherCodes, gatherFlags, gatherNumbers, replaceNulls, widenRange, widenRows } from './gather.js';
import { markByKey, markSeen, markValid } from './mark-seen.js';
import { raiseStored } from './raise-registers.js';
import {
  andMasks,
  hideCodes,
  orMasks,
  refineByMask,
  refineRows,
  selectFew,
  selectRows,
  writeMask,
  writeRows,
} from './select-rows.js';
import {
  hasZero,
  settleWholes,
  sumByCode,
  sumByKey,
  sumCodes,
  sumDoubles,
  sumHalves,
  sumInOrder,
  sumNumbers,
  sumOfCodes,
  sumOfNumbers,
} from './sum-numbers.js';

export const plainKernels = {
  andMasks,
  appendKey,
  assignHashed,
  assignIds,
  assignKey,
  fillGroups,
  gatherCodes,
  gatherFlags,
  gatherNumbers,
  hasZero,
  hideCodes,
  markByKey,
  markSeen,
  markValid,
  maxNumbers,
  maxRanks,
  minNumbers,
  orMasks,
  raiseStored,
  reachingRows,
  refineByMask,
  refineRows,
  replaceNulls,
  selectFew,
  selectRows,
  settleWholes,
  slotsOf,
  sumByCode,
  sumByKey,
  sumCodes,
  sumDoubles,
  sumHalves,
  sumInOrder,
  sumNumbers,
  sumOfCodes,
  sumOfNumbers,
  widenRange,
  widenRows,
  writeMask,
  writeRows,
};
