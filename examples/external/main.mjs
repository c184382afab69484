import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { openStore } from 'granary';

await rm(new URL('.granary', import.meta.url), { recursive: true, force: true });
const store = await openStore({ config: fileURLToPath(new URL('granary.config.json', import.meta.url)) });

// What a pipeline of one's own has aggregated: one row for each group of the rollup.
const views = (page, day, count, seconds) => ({
  page_views__page: page,
  page_views__at_day: day,
  page_views__count: count,
  page_views__seconds: seconds,
  page_views__mean_seconds$sum: seconds,
  page_views__mean_seconds$count: count,
});
await store.ingest('page_views.daily', [
  views('home', '2024-01-30', 120, 2400),
  views('docs', '2024-01-31', 30, 4500),
  views('home', '2024-02-01', 100, 1800),
]);

// Late rows of February: the rows are all of that month, January stays.
const report = await store.ingest(
  'page_views.daily',
  [views('home', '2024-02-01', 101, 1900), views('docs', '2024-02-02', 10, 1000)],
  { range: ['2024-02-01', '2024-03-01'] },
);
console.log(`replaced ${report.partitionsReplaced.join(', ')}, kept ${report.partitionsKept}`);

const { data, meta } = await store.query({
  measures: ['page_views.count', 'page_views.mean_seconds'],
  dimensions: ['page_views.page'],
});
console.table(data);
console.log(`from ${meta.preAggregation}, index ${meta.index}: ${meta.rowsScanned} rows`);

// One row twice, and nothing is published.
const twice = [views('home', '2024-02-01', 1, 1), views('home', '2024-02-01', 1, 1)];
await store
  .ingest('page_views.daily', twice)
  .catch(({ code, message }) => console.log(`${code}: ${message}`));
await store.close();
