/** Longer than 300 lines because every kernel has its wrapper here, in one place to compare them with assembly/. */
import { isInColumnMemory as sees, type Numbers } from '../../storage/column-memory.js';
import { LARGE } from '../double-units.js';
import type { Kernels } from './kernels.js';
import { plainKernels as plain } from './plain-kernels.js';
import { code } from './wasm-code.js';

/** A function of assembly/: addresses and numbers in, a number out. */
type Call = (...args: number[]) => number;

type Calls = Readonly<Record<string, Call>>;

const made = new WeakMap<WebAssembly.Memory, Calls>();

/** The functions of the module over this thread's memory; compiling takes a fraction of a millisecond. */
function callsOf(memory: WebAssembly.Memory): Calls {
  let calls = made.get(memory);
  if (calls === undefined) {
    const bytes = Uint8Array.from(atob(code), (character) => character.charCodeAt(0));
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
    made.set(memory, (calls = exports as Calls));
  }
  return calls;
}

export function clearBytes(memory: WebAssembly.Memory, array: Numbers): void {
  callsOf(memory).clear(array.byteOffset, array.byteLength);
}

/** Kernels that see arrays in the memory, and leave those outside of it to their plain twins. */
export function wasmKernels(memory: WebAssembly.Memory): Kernels {
  const calls = callsOf(memory);
  return {
    ...selecting(calls),
    ...gathering(calls),
    ...grouping(calls),
    ...summing(calls),
    ...comparing(calls),
    ...uniting(calls),
  };
}

/** The function for each width of codes, by bytes. */
function byWidth(calls: Calls, name: string): readonly Call[] {
  const [one, two, four] = [8, 16, 32].map((bits) => calls[`${name}${bits}`]);
  return [four, one, two, four, four];
}

/** The same for each width of two columns of codes. */
function byWidths(calls: Calls, name: string): readonly (readonly Call[])[] {
  const [one, two, four] = [8, 16, 32].map((bits) => byWidth(calls, `${name}${bits}x`));
  return [four, one, two, four, four];
}

type Some<K extends keyof Kernels> = Pick<Kernels, K>;

function selecting(
  calls: Calls,
): Some<
  | 'selectRows'
  | 'selectFew'
  | 'refineRows'
  | 'refineByMask'
  | 'writeRows'
  | 'writeMask'
  | 'hideCodes'
  | 'andMasks'
  | 'orMasks'
> {
  const selectRows = byWidth(calls, 'selectRows');
  const selectFew = byWidth(calls, 'selectFew');
  const refineRows = byWidth(calls, 'refineRows');
  const writeMask = byWidth(calls, 'writeMask');
  return {
    selectRows: (codes, table, from, to, rows) =>
      sees(codes) && sees(table) && sees(rows)
        ? selectRows[codes.BYTES_PER_ELEMENT](codes.byteOffset, table.byteOffset, from, to, rows.byteOffset)
        : plain.selectRows(codes, table, from, to, rows),
    selectFew: (codes, few, from, to, rows) =>
      sees(codes) && sees(few) && sees(rows)
        ? selectFew[codes.BYTES_PER_ELEMENT](codes.byteOffset, few.byteOffset, from, to, rows.byteOffset)
        : plain.selectFew(codes, few, from, to, rows),
    refineRows: (codes, table, rows, count) =>
      sees(codes) && sees(table) && sees(rows)
        ? refineRows[codes.BYTES_PER_ELEMENT](codes.byteOffset, table.byteOffset, rows.byteOffset, count)
        : plain.refineRows(codes, table, rows, count),
    refineByMask: (mask, from, rows, count) =>
      sees(mask) && sees(rows)
        ? calls.refineByMask(mask.byteOffset, from, rows.byteOffset, count)
        : plain.refineByMask(mask, from, rows, count),
    writeRows(from, to, rows) {
      if (sees(rows)) calls.writeRows(from, to, rows.byteOffset);
      else plain.writeRows(from, to, rows);
    },
    writeMask(codes, table, from, to, mask) {
      if (sees(codes) && sees(table) && sees(mask)) {
        const call = writeMask[codes.BYTES_PER_ELEMENT];
        call(codes.byteOffset, table.byteOffset, from, to, mask.byteOffset);
      } else plain.writeMask(codes, table, from, to, mask);
    },
    hideCodes(codes, mask, from, count, into) {
      if (sees(codes) && sees(mask) && sees(into)) {
        calls.hideCodes(codes.byteOffset, mask.byteOffset, from, count, into.byteOffset);
      } else plain.hideCodes(codes, mask, from, count, into);
    },
    andMasks(mask, other, count) {
      if (sees(mask) && sees(other)) calls.andMasks(mask.byteOffset, other.byteOffset, count);
      else plain.andMasks(mask, other, count);
    },
    orMasks(mask, other, count) {
      if (sees(mask) && sees(other)) calls.orMasks(mask.byteOffset, other.byteOffset, count);
      else plain.orMasks(mask, other, count);
    },
  };
}

function gathering(
  calls: Calls,
): Some<'gatherCodes' | 'gatherNumbers' | 'gatherFlags' | 'widenRows' | 'widenRange' | 'replaceNulls'> {
  const gatherCodes = byWidth(calls, 'gatherCodes');
  const widenRows = byWidth(calls, 'widenRows');
  const widenRange = byWidth(calls, 'widenRange');
  return {
    gatherCodes(codes, rows, count, into) {
      if (sees(codes) && sees(rows) && sees(into)) {
        gatherCodes[codes.BYTES_PER_ELEMENT](codes.byteOffset, rows.byteOffset, count, into.byteOffset);
      } else plain.gatherCodes(codes, rows, count, into);
    },
    gatherNumbers(values, rows, count, into) {
      if (sees(values) && sees(rows) && sees(into)) {
        calls.gatherNumbers(values.byteOffset, rows.byteOffset, count, into.byteOffset);
      } else plain.gatherNumbers(values, rows, count, into);
    },
    gatherFlags(flags, rows, count, into) {
      if (sees(flags) && sees(rows) && sees(into)) {
        calls.gatherFlags(flags.byteOffset, rows.byteOffset, count, into.byteOffset);
      } else plain.gatherFlags(flags, rows, count, into);
    },
    widenRows(codes, base, rows, count, into) {
      if (sees(codes) && sees(rows) && sees(into)) {
        const call = widenRows[codes.BYTES_PER_ELEMENT];
        call(codes.byteOffset, base, rows.byteOffset, count, into.byteOffset);
      } else plain.widenRows(codes, base, rows, count, into);
    },
    widenRange(codes, base, from, count, into) {
      if (sees(codes) && sees(into)) {
        widenRange[codes.BYTES_PER_ELEMENT](codes.byteOffset, base, from, count, into.byteOffset);
      } else plain.widenRange(codes, base, from, count, into);
    },
    replaceNulls(values, valuesFrom, validity, validityFrom, count, nullAs, into) {
      if (sees(values) && sees(validity) && sees(into)) {
        const flags = validity.byteOffset;
        calls.replaceNulls(
          values.byteOffset,
          valuesFrom,
          flags,
          validityFrom,
          count,
          nullAs,
          into.byteOffset,
        );
      } else plain.replaceNulls(values, valuesFrom, validity, validityFrom, count, nullAs, into);
    },
  };
}

function grouping(
  calls: Calls,
): Some<'assignKey' | 'assignIds' | 'assignHashed' | 'appendKey' | 'fillGroups' | 'slotsOf'> {
  const assignKey = byWidth(calls, 'assignKey');
  const appendKey = byWidth(calls, 'appendKey');
  const slotsOf = byWidth(calls, 'slotsOf');
  return {
    assignKey(codes, slots, from, count, cells, ids, known, groups) {
      if (!(sees(codes) && sees(slots) && sees(cells) && sees(ids) && sees(groups))) {
        return plain.assignKey(codes, slots, from, count, cells, ids, known, groups);
      }
      return assignKey[codes.BYTES_PER_ELEMENT](
        codes.byteOffset,
        slots.byteOffset,
        from,
        count,
        cells.byteOffset,
        ids.byteOffset,
        known,
        groups.byteOffset,
      );
    },
    assignIds(numbers, count, cells, ids, known, groups) {
      if (!(sees(numbers) && sees(cells) && sees(ids) && sees(groups))) {
        return plain.assignIds(numbers, count, cells, ids, known, groups);
      }
      return calls.assignIds(
        numbers.byteOffset,
        count,
        cells.byteOffset,
        ids.byteOffset,
        known,
        groups.byteOffset,
      );
    },
    assignHashed(numbers, count, cells, ids, known, groups) {
      if (!(sees(numbers) && sees(cells) && sees(ids) && sees(groups))) {
        return plain.assignHashed(numbers, count, cells, ids, known, groups);
      }
      const mask = cells.length - 1;
      return calls.assignHashed(
        numbers.byteOffset,
        count,
        cells.byteOffset,
        mask,
        ids.byteOffset,
        known,
        groups.byteOffset,
      );
    },
    appendKey(codes, slots, radix, from, count, ids) {
      if (sees(codes) && sees(slots) && sees(ids)) {
        const call = appendKey[codes.BYTES_PER_ELEMENT];
        call(codes.byteOffset, slots.byteOffset, radix, from, count, ids.byteOffset);
      } else plain.appendKey(codes, slots, radix, from, count, ids);
    },
    slotsOf(codes, slots, from, count, groups) {
      if (sees(codes) && sees(slots) && sees(groups)) {
        const call = slotsOf[codes.BYTES_PER_ELEMENT];
        call(codes.byteOffset, slots.byteOffset, from, count, groups.byteOffset);
      } else plain.slotsOf(codes, slots, from, count, groups);
    },
    fillGroups(groups, group, count) {
      if (sees(groups)) calls.fillGroups(groups.byteOffset, group, count);
      else plain.fillGroups(groups, group, count);
    },
  };
}

function summing(
  calls: Calls,
): Some<
  | 'hasZero'
  | 'sumNumbers'
  | 'sumByCode'
  | 'sumByKey'
  | 'sumInOrder'
  | 'settleWholes'
  | 'sumCodes'
  | 'sumOfNumbers'
  | 'sumOfCodes'
  | 'sumHalves'
  | 'sumDoubles'
> {
  const sumCodes = byWidth(calls, 'sumCodes');
  const sumOfCodes = byWidth(calls, 'sumOfCodes');
  const sumByCode = byWidths(calls, 'sumByCode');
  const sumByKey = byWidths(calls, 'sumByKey');
  const sumInOrder = byWidth(calls, 'sumInOrder');
  return {
    sumNumbers(sums, groups, numbers, from, count) {
      if (sees(sums) && sees(groups) && sees(numbers)) {
        calls.sumNumbers(sums.byteOffset, groups.byteOffset, numbers.byteOffset, from, count);
      } else plain.sumNumbers(sums, groups, numbers, from, count);
    },
    sumByCode(sums, base, keys, codes, from, count) {
      if (sees(sums) && sees(keys) && sees(codes)) {
        const call = sumByCode[keys.BYTES_PER_ELEMENT][codes.BYTES_PER_ELEMENT];
        call(sums.byteOffset, base, keys.byteOffset, codes.byteOffset, from, count);
      } else plain.sumByCode(sums, base, keys, codes, from, count);
    },
    sumByKey(sums, base, keys, slots, codes, from, count, room) {
      if (sees(sums) && sees(keys) && sees(slots) && sees(codes) && sees(room)) {
        const call = sumByKey[keys.BYTES_PER_ELEMENT][codes.BYTES_PER_ELEMENT];
        const [k, s, c] = [keys.byteOffset, slots.byteOffset, codes.byteOffset];
        call(sums.byteOffset, base, k, s, slots.length, c, from, count, room.byteOffset);
      } else plain.sumByKey(sums, base, keys, slots, codes, from, count, room);
    },
    sumInOrder(wholes, base, group, steps, codes) {
      if (sees(wholes) && sees(steps) && sees(codes)) {
        const call = sumInOrder[codes.BYTES_PER_ELEMENT];
        call(wholes.byteOffset, base, group, steps.byteOffset, codes.byteOffset, steps.length);
      } else plain.sumInOrder(wholes, base, group, steps, codes);
    },
    settleWholes(wholes) {
      if (sees(wholes)) calls.settleWholes(wholes.byteOffset, wholes.length);
      else plain.settleWholes(wholes);
    },
    sumCodes(sums, base, groups, codes, from, count) {
      if (sees(sums) && sees(groups) && sees(codes)) {
        const call = sumCodes[codes.BYTES_PER_ELEMENT];
        call(sums.byteOffset, base, groups.byteOffset, codes.byteOffset, from, count);
      } else plain.sumCodes(sums, base, groups, codes, from, count);
    },
    sumOfNumbers: (numbers, from, count) =>
      sees(numbers)
        ? calls.sumOfNumbers(numbers.byteOffset, from, count)
        : plain.sumOfNumbers(numbers, from, count),
    sumOfCodes: (codes, from, count) =>
      sees(codes)
        ? sumOfCodes[codes.BYTES_PER_ELEMENT](codes.byteOffset, from, count)
        : plain.sumOfCodes(codes, from, count),
    hasZero: (numbers, count) =>
      sees(numbers) ? calls.hasZero(numbers.byteOffset, count) === 1 : plain.hasZero(numbers, count),
    sumHalves(highs, lows, groups, numbers, from, count) {
      if (sees(highs) && sees(lows) && sees(groups) && sees(numbers)) {
        const { byteOffset } = groups;
        calls.sumHalves(highs.byteOffset, lows.byteOffset, byteOffset, numbers.byteOffset, from, count);
      } else plain.sumHalves(highs, lows, groups, numbers, from, count);
    },
    sumDoubles(sums, rests, groups, numbers, from, count, spill) {
      if (!(sees(sums) && sees(rests) && sees(groups) && sees(numbers) && sees(spill.numbers))) {
        return plain.sumDoubles(sums, rests, groups, numbers, from, count, spill);
      }
      return calls.sumDoubles(
        sums.byteOffset,
        rests.byteOffset,
        groups.byteOffset,
        numbers.byteOffset,
        from,
        count,
        LARGE,
        spill.groups.byteOffset,
        spill.numbers.byteOffset,
      );
    },
  };
}

function comparing(
  calls: Calls,
): Some<'minNumbers' | 'maxNumbers' | 'maxRanks' | 'reachingRows' | 'markByKey' | 'markSeen' | 'markValid'> {
  const markByKey = byWidth(calls, 'markByKey');
  return {
    minNumbers(best, groups, numbers, from, count) {
      if (sees(best) && sees(groups) && sees(numbers)) {
        calls.minNumbers(best.byteOffset, groups.byteOffset, numbers.byteOffset, from, count);
      } else plain.minNumbers(best, groups, numbers, from, count);
    },
    maxNumbers(best, groups, numbers, from, count) {
      if (sees(best) && sees(groups) && sees(numbers)) {
        calls.maxNumbers(best.byteOffset, groups.byteOffset, numbers.byteOffset, from, count);
      } else plain.maxNumbers(best, groups, numbers, from, count);
    },
    maxRanks(best, groups, ranks, count) {
      if (sees(best) && sees(groups) && sees(ranks)) {
        calls.maxRanks(best.byteOffset, groups.byteOffset, ranks.byteOffset, count);
      } else plain.maxRanks(best, groups, ranks, count);
    },
    reachingRows: (numbers, count, sign, bound, rows) =>
      sees(numbers) && sees(rows)
        ? calls.reachingRows(numbers.byteOffset, count, sign, bound, rows.byteOffset, rows.length)
        : plain.reachingRows(numbers, count, sign, bound, rows),
    markByKey(seen, keys, slots, validity, from, count) {
      if (sees(seen) && sees(keys) && sees(slots) && sees(validity)) {
        const call = markByKey[keys.BYTES_PER_ELEMENT];
        call(seen.byteOffset, keys.byteOffset, slots.byteOffset, validity.byteOffset, from, count);
      } else plain.markByKey(seen, keys, slots, validity, from, count);
    },
    markSeen(seen, groups, count) {
      if (sees(seen) && sees(groups)) calls.markSeen(seen.byteOffset, groups.byteOffset, count);
      else plain.markSeen(seen, groups, count);
    },
    markValid(seen, groups, validity, from, count) {
      if (sees(seen) && sees(groups) && sees(validity)) {
        calls.markValid(seen.byteOffset, groups.byteOffset, validity.byteOffset, from, count);
      } else plain.markValid(seen, groups, validity, from, count);
    },
  };
}

function uniting(calls: Calls): Some<'raiseStored'> {
  return {
    raiseStored(bytes, offsets, rows, from, to, precision, registers) {
      if (!(sees(bytes) && sees(offsets) && sees(rows) && sees(registers))) {
        return plain.raiseStored(bytes, offsets, rows, from, to, precision, registers);
      }
      return calls.raiseStored(
        bytes.byteOffset,
        offsets.byteOffset,
        rows.byteOffset,
        from,
        to,
        precision,
        registers.byteOffset,
      );
    },
  };
}
