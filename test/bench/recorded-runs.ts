/** A run of every bench as `bench/results` would hold it, with numbers that are easy to reckon with. */
import type { RecordedRun } from '../../dist/bench/page/recorded.js';

const where = {
  seed: 1,
  cpu: 'a processor',
  threads: 2,
  memoryGb: 24,
  system: 'linux x64',
  node: '20.20.2',
  commit: 'abc1234',
  at: '2026-01-01T00:00:00.000Z',
} as const;

const ms = (medianMs: number) => ({ name: '', runs: 9, medianMs, p95Ms: medianMs * 1.4 });
const load = (qps: number) => ({
  clients: 32,
  answers: 9,
  qps,
  p50Ms: 1,
  p95Ms: 2,
  lagP95Ms: 0.5,
  lagMaxMs: 3,
});
const goal = { what: 'something on M', bound: 'at least', unit: '×' } as const;

function engine(q1: number): RecordedRun {
  const query = (id: string, granary: number, strings: number, codes: number): object => ({
    id,
    title: `question ${id}`,
    groups: 5,
    rowsScanned: 100,
    times: { granary: ms(granary), strings: ms(strings), codes: ms(codes) },
    fault: null,
  });
  const line = {
    rows: 1_000_000,
    buildMs: 1_000,
    indexed: { partitionsMs: 2_000, indexMs: 20 },
    queries: [query('Q1', q1, 50, 10), query('Q2', 4, 8, 2)],
    goals: [
      { ...goal, id: 'G2', goal: 4, figure: 0.5, met: false },
      { ...goal, id: 'G1', goal: 60, figure: 100, met: true },
    ],
  };
  return { bench: 'engine', size: 'M', ...where, ...line };
}

const flights = {
  times: [
    { title: 'one', rollup: 'r', index: null, granary: ms(1), duckdbRollup: ms(5), duckdbRaw: ms(50) },
    { title: 'two', rollup: 'r', index: null, granary: ms(1), duckdbRollup: null, duckdbRaw: ms(80) },
  ],
};
const cold = {
  rows: 1_000_000,
  runs: 9,
  bareMs: 90,
  medianMs: { granary: 60, file: 200, parquet: 40, nothing: 150 },
};
const concurrency = {
  rows: 1_000_000,
  clients: 32,
  contests: [
    {
      id: 'Q3',
      title: 'tiny',
      loads: { granary: load(400), codes: load(1_000), strings: load(100) },
      fault: null,
    },
  ],
  goals: [{ ...goal, id: 'G11', goal: 60, figure: 80, met: true }],
};
const memory = {
  rows: 1_000_000,
  resident: { granary: 30e6, strings: 110e6, codes: 60e6 },
  externalBytes: 20e6,
  heapBytes: 1e6,
  disk: { '.parquet': 12e6, '.arrow': 34e6 },
  loadMs: { granary: 20, parquet: 460 },
  fault: null,
};
const growth = {
  fixedRows: 640_000,
  curves: [
    {
      id: 'rows',
      x: 'rows of the rollup',
      y: 'ms',
      series: [
        {
          name: 'Granary Q2',
          points: [
            [10_000, 0.1],
            [1_000_000, 2],
          ],
        },
        {
          name: 'DuckDB codes Q2',
          points: [
            [10_000, 0.5],
            [1_000_000, 8],
          ],
        },
      ],
    },
    {
      id: 'groups',
      x: 'groups',
      y: 'ms',
      series: [
        {
          name: 'Granary',
          points: [
            [5, 1],
            [1_000, 2],
          ],
        },
        {
          name: 'DuckDB codes',
          points: [
            [5, 3],
            [1_000, 4],
          ],
        },
      ],
    },
    {
      id: 'clients',
      x: 'clients',
      y: 'answers per second',
      series: [
        {
          name: 'Granary',
          points: [
            [1, 1_000],
            [8, 500],
          ],
        },
        {
          name: 'DuckDB codes',
          points: [
            [1, 800],
            [8, 2_000],
          ],
        },
      ],
    },
  ],
};
const build = {
  rows: 20_000_000,
  rounds: 3,
  memoryLimitMb: 4_096,
  builds: [
    {
      build: 'sketches',
      title: 'sketches by day and country',
      rows: 54_000,
      bytes: 9e6,
      granaryMs: 2_200,
      peakBytes: 1e9,
      peerMs: { approximate: 1_000, exact: 4_000 },
      fault: null,
    },
  ],
};
const merge = { title: 'a way', medianMs: 12, usPerSketch: 0.22, gigabytesPerSecond: 18 };
const sketches = {
  accuracy: [11, 12].flatMap((precision) =>
    [1e3, 1e6].map((distinct) => ({ precision, distinct, sets: 40, rms: 0.02 })),
  ),
  duckdb: [1e3, 1e6].map((distinct) => ({ distinct, sets: 40, rms: 0.12 })),
  merges: { sketches: 20_000, figures: { sum: merge, query: merge }, fault: null },
};

export const RUNS: readonly RecordedRun[] = [
  engine(99),
  engine(0.5),
  ...Object.entries({ 'demo-queries': flights, cold, concurrency, memory, build, growth, sketches }).map(
    ([bench, line]): RecordedRun => ({ bench, size: 'M', ...where, ...line }),
  ),
];
