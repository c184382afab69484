import { expect, test } from 'vitest';
import { htmlReport } from '../../dist/cli/report.js';
import type { TryResult } from '../../dist/cli/try-result.js';

const evil = '<script>alert("1")</script> & \'co\'';

const result: TryResult = {
  title: evil,
  rows: 3_000_000,
  machine: evil,
  date: '2026-11-20',
  rollups: [{ id: 'cube.daily', rows: 364, bytes: 12_345, partitions: 1, buildMs: 1_200 }],
  runs: [
    {
      title: evil,
      query: {
        measures: ['cube.count'],
        filters: [{ member: 'cube.x', operator: 'equals', values: [evil] }],
      },
      rawMs: 12,
      granaryMs: 0.02,
      meta: {
        mode: 'rollup',
        preAggregation: 'cube.daily',
        index: 'by_x',
        partitions: { read: 1, total: 1 },
        rowsScanned: 364,
        exact: true,
        durationMs: 0.02,
      },
      answerRows: 1,
      verdict: { kind: 'equal' },
      candidates: [
        {
          id: 'cube.daily',
          type: 'rollup',
          matched: true,
          checks: [],
          reasons: [],
          rows: 364,
          fix: null,
          help: null,
        },
      ],
      fix: null,
    },
    {
      title: 'a miss',
      query: { measures: ['cube.count'] },
      rawMs: 30,
      granaryMs: 30,
      meta: {
        mode: 'source',
        preAggregation: null,
        index: null,
        partitions: { read: 0, total: 0 },
        rowsScanned: null,
        exact: true,
        durationMs: 30,
      },
      answerRows: 24,
      verdict: { kind: 'different', detail: evil },
      candidates: [
        {
          id: 'cube.daily',
          type: 'rollup',
          matched: false,
          checks: [],
          reasons: [{ code: 'granularity_too_fine', message: evil }],
          rows: null,
          fix: null,
          help: evil,
        },
      ],
      fix: { text: evil, patch: [{ op: 'replace', path: evil, value: evil }], estimate: null },
    },
  ],
};

test('no text from outside becomes markup', () => {
  const html = htmlReport(result);
  expect(html).not.toContain('<script');
  expect(html).toContain('&lt;script&gt;');
});

test('the page needs nothing but itself', () => {
  const html = htmlReport(result);
  expect(html).not.toMatch(/(src|href)=|url\(|@import|https?:/);
  expect(html).toContain('prefers-color-scheme: dark');
});

test('every tag is closed in its order', () => {
  const open: string[] = [];
  const empty = new Set(['meta', 'br', 'wbr', 'rect', 'line', 'circle']);
  for (const [, slash, name, rest] of htmlReport(result).matchAll(/<(\/?)([a-z0-9]+)([^>]*)>/g)) {
    if (empty.has(name) || rest.endsWith('/')) continue;
    if (slash === '') open.push(name);
    else expect(open.pop()).toBe(name);
  }
  expect(open).toEqual([]);
});

test('tells what differs, what was refused and why', () => {
  const html = htmlReport(result);
  expect(html).toContain('1 of 2');
  expect(html).toContain('SOME DIFFER');
  expect(html).toContain('granularity too fine');
  expect(html).toContain('600 ×');
});
