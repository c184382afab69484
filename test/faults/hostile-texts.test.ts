/** Texts that break encoders, quotes and comparisons, as group keys, in filters and in extremes, from source to answer. */
import { describe, expect, test } from 'vitest';
import { buildTables } from '../support/open-tables.js';
import type { Store } from '../support/open-tables.js';
import { byStatus, byStatusRows, expectIntact, orders } from '../support/small-orders.js';

const MEGABYTE = 1 << 20;

/** Written as DuckDB expressions, since no literal of SQL holds a NUL. */
const TEXTS: readonly (readonly [string, string])[] = [
  ['', "''"],
  [' ', "' '"],
  ['😀 👩‍👩‍👧‍👦', "'😀 👩‍👩‍👧‍👦'"],
  ['e\u0301', "'e' || chr(769)"],
  ['\u00e9', 'chr(233)'],
  ['مرحبا \u202eabc', "'مرحبا ' || chr(8238) || 'abc'"],
  ['\ufeffbom', "chr(65279) || 'bom'"],
  ['\ufeff', 'chr(65279)'],
  [
    '\ufeff\ufeff a long text behind two of them',
    "chr(65279) || chr(65279) || ' a long text behind two of them'",
  ],
  ['nul\0', "'nul' || chr(0)"],
  ['nul\0l', "'nul' || chr(0) || 'l'"],
  ['\0', 'chr(0)'],
  ['\u{10ffff}', 'chr(1114111)'],
  ['\uffff', 'chr(65535)'],
  ["'; DROP TABLE texts; --", "'''; DROP TABLE texts; --'"],
  ['"quoted" `back` \\ %_', '\'"quoted" `back` \\ %_\''],
  ['../../etc/passwd', "'../../etc/passwd'"],
  ['__proto__', "'__proto__'"],
  ['NULL', "'NULL'"],
  ['__HIVE_DEFAULT_PARTITION__', "'__HIVE_DEFAULT_PARTITION__'"],
  ['line\r\nline\u2028', "'line' || chr(13) || chr(10) || 'line' || chr(8232)"],
  [`${'x'.repeat(MEGABYTE)}a`, `repeat('x', ${MEGABYTE}) || 'a'`],
  [`${'x'.repeat(MEGABYTE)}b`, `repeat('x', ${MEGABYTE}) || 'b'`],
  ['😀'.repeat(MEGABYTE / 4), `repeat('😀', ${MEGABYTE / 4})`],
];

const yaml = `
  cubes:
    - name: texts
      sql_table: texts
      measures:
        - { name: total, sql: amount, type: sum }
        - { name: least, sql: text, type: min }
        - { name: most, sql: text, type: max }
        - { name: distinct, sql: text, type: count_distinct_approx }
      dimensions:
        - { name: text, sql: text, type: string }
        - { name: place, sql: place, type: number }
      pre_aggregations:
        - name: main
          measures: [total, least, most, distinct]
          dimensions: [text, place]
          indexes:
            - { name: by_text, columns: [text, place] }
            - { name: texts_alone, columns: [text], type: aggregate }`;

/** Row i has the amount 2^i, so that a sum tells which rows are in it; the last one is NULL. */
const rows = [...TEXTS.map(([, sql]) => sql), 'NULL'].map((sql, i) => `(${sql}, ${i}, ${2 ** i})`);
const tables = {
  yaml,
  init: [`CREATE TABLE texts AS SELECT * FROM (VALUES ${rows.join(', ')}) AS t(text, place, amount)`],
};

async function rowsOf(store: Store, query: object): Promise<readonly Readonly<Record<string, unknown>>[]> {
  return (await store.query({ measures: ['texts.total'], ...query }, { policy: 'rollupOnly' })).data;
}

describe('[fault 12] hostile texts', () => {
  test('come back from a rollup as they are, each a group of its own, in the order of their bytes', async () => {
    const store = await buildTables(tables);
    const found = await rowsOf(store, { dimensions: ['texts.text'] });
    expect(found).toHaveLength(rows.length);
    const totals = new Map(found.map((row) => [row['texts.text'], Number(row['texts.total'])]));
    for (const [i, [text]] of TEXTS.entries()) expect(totals.get(text), text.slice(0, 40)).toBe(2 ** i);
    expect(totals.get(null)).toBe(2 ** TEXTS.length);
    expect(await store.verify()).toMatchObject({ ok: true });

    const bytewise = TEXTS.map(([text]) => text).toSorted((a, b) =>
      Buffer.compare(Buffer.from(a), Buffer.from(b)),
    );
    const ordered = await rowsOf(store, { dimensions: ['texts.text'], order: { 'texts.text': 'asc' } });
    const texts = ordered.map((row) => row['texts.text']);
    expect(texts.filter((text) => text !== null)).toEqual(bytewise);
    const [extremes] = await rowsOf(store, { measures: ['texts.least', 'texts.most', 'texts.distinct'] });
    expect(extremes).toEqual({
      'texts.least': bytewise[0],
      'texts.most': bytewise.at(-1),
      'texts.distinct': String(TEXTS.length),
    });

    const query = { measures: ['texts.total', 'texts.least', 'texts.most'], dimensions: ['texts.text'] };
    const fresh = await store.query(query, { policy: 'sourceOnly' });
    expect(await rowsOf(store, query)).toEqual(fresh.data);
  });

  test('are found by filters, and by nothing else', async () => {
    const store = await buildTables(tables);
    const asked = async (operator: string, values?: readonly string[]): Promise<number> => {
      const filter = { member: 'texts.text', operator, ...(values && { values }) };
      const [row] = await rowsOf(store, { filters: [filter] });
      return Number(row?.['texts.total'] ?? 0);
    };
    const all = 2 ** rows.length - 1;
    const unknown = 2 ** TEXTS.length;
    for (const [i, [text]] of TEXTS.entries()) {
      expect(await asked('equals', [text]), text.slice(0, 40)).toBe(2 ** i);
      expect(await asked('notEquals', [text]), text.slice(0, 40)).toBe(all - 2 ** i);
    }
    expect(await asked('set')).toBe(all - unknown);
    expect(await asked('notSet')).toBe(unknown);
    // Halves of surrogate pairs are no Unicode, and no stored text can be one.
    for (const text of ['\ud800', 'a\udc00b', '\udfff\ud800']) {
      await expect(asked('equals', [text])).rejects.toMatchObject({ code: 'query_invalid' });
    }
  });
});

describe('[fault 13] texts that are SQL', () => {
  const ATTACKS = [
    "'; DROP TABLE texts; --",
    "' OR '1'='1",
    "\"; ATTACH '/tmp/x' AS x; --",
    "x') UNION SELECT 1, 2 --",
    '$1',
    '{CUBE}.amount',
    '${text}',
  ];

  test('find nothing as values, are refused as anything else, and change nothing', async () => {
    const store = await buildTables(orders);
    for (const attack of ATTACKS) {
      const filters = [{ member: 'orders.status', operator: 'equals', values: [attack] }];
      for (const policy of ['rollupOnly', 'sourceOnly'] as const) {
        const { data } = await store.query({ measures: ['orders.count'], filters }, { policy });
        expect(Number(data[0]?.['orders.count'] ?? 0), attack).toBe(0);
      }
      for (const query of queriesWith(attack)) {
        const refused = expect.objectContaining({ code: 'query_invalid' });
        await expect(store.query(query), JSON.stringify(query)).rejects.toEqual(refused);
      }
    }
    expect((await store.query(byStatus, { policy: 'sourceOnly' })).data).toEqual(byStatusRows);
    await expectIntact(store);
  });

  const queriesWith = (attack: string): readonly object[] => [
    { measures: [`orders.${attack}`] },
    { measures: ['orders.count'], dimensions: [attack] },
    { measures: ['orders.count'], order: { [attack]: 'asc' } },
    { measures: ['orders.count'], order: { 'orders.count': attack } },
    { measures: ['orders.count'], timezone: attack },
    { measures: ['orders.count'], timeDimensions: [{ dimension: 'orders.created_at', granularity: attack }] },
    { measures: ['orders.count'], timeDimensions: [{ dimension: 'orders.created_at', dateRange: attack }] },
    { measures: ['orders.count'], filters: [{ member: 'orders.status', operator: attack, values: ['x'] }] },
  ];
});
