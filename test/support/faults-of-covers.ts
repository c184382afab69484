/** Errors in how a range is divided among rollups and the source. The proof of covers is off, so that they get by. */
import type { PlantedFault } from './planted-faults.js';

const UNPROVEN = {
  file: 'planner/prove-cover.js',
  text: 'assert(fault === null,',
  wrong: 'assert(true,',
};

export const coverFaults: readonly PlantedFault[] = [
  {
    name: 'the middle of a cover reaches beyond the end of the range',
    file: 'planner/cover-range.js',
    text: 'Number.isFinite(to) ? floorLocal(to, grain) : to };',
    wrong: 'Number.isFinite(to) ? nextBucket(to, grain) : to };',
    besides: [UNPROVEN],
    modes: ['hybrid'],
  },
  {
    name: 'an edge begins a day too early, so that a boundary counts twice',
    file: 'planner/held-times.js',
    text: 'gaps.push({ from: reached, to: range.to });',
    wrong: 'gaps.push({ from: reached - 86400000, to: range.to });',
    besides: [UNPROVEN],
    modes: ['hybrid'],
  },
  {
    name: 'the edge after the middle is left to nobody',
    file: 'planner/held-times.js',
    text: 'if (reached < range.to)',
    wrong: 'if (others.length === 0)',
    besides: [UNPROVEN],
    modes: ['hybrid'],
  },
  {
    name: 'the edge before the middle is left to nobody',
    file: 'planner/held-times.js',
    text: 'if (reached < Math.min(from, range.to))',
    wrong: 'if (gaps.length > 0)',
    besides: [UNPROVEN],
    modes: ['hybrid'],
  },
  {
    name: 'the edge before the middle counts all that follows too',
    file: 'planner/held-times.js',
    text: 'gaps.push({ from: reached, to: Math.min(from, range.to) });',
    wrong: 'gaps.push({ from: reached, to: range.to });',
    besides: [UNPROVEN],
    modes: ['hybrid'],
  },
  {
    name: 'rows without a time are left to nobody',
    file: 'planner/cover-range.js',
    text: 'outer: withNulls(gapsIn(span, widest), span.orNull && !nulls),',
    wrong: 'outer: withNulls(gapsIn(span, widest), false),',
    besides: [UNPROVEN],
    modes: ['hybrid'],
  },
  {
    name: 'the source leaves rows without a time out of its rest',
    file: 'planner/box-filter.js',
    text: "return orNull ? { kind: 'or', filters: [range, isNull(member)] } : range;",
    wrong: 'return range;',
    modes: ['hybrid'],
  },
  {
    name: 'the source reads what lies between two edges too',
    file: 'planner/box-filter.js',
    text: 'between(-Infinity, ranges[at].to)',
    wrong: 'between(-Infinity, from)',
    modes: ['hybrid'],
  },
  {
    name: 'the source reads before a time for from it on',
    file: 'planner/box-filter.js',
    text: 'between(from, Infinity)];',
    wrong: 'between(-Infinity, from)];',
    modes: ['hybrid'],
  },
  {
    name: 'the cheapest cover takes a rollup that does not hold its part',
    file: 'planner/cheapest-cover.js',
    text: 'if (!holdsBox(box, rollup))',
    wrong: 'if (false)',
    asked: /"dateRange"/,
  },
];
