import { fileURLToPath } from 'node:url';
import { openStore } from 'granary';

const store = await openStore({ config: fileURLToPath(new URL('granary.config.json', import.meta.url)) });
await store.build();
const { data, meta } = await store.query({
  measures: ['orders.count', 'orders.revenue'],
  dimensions: ['orders.country'],
});
console.table(data);
console.log(`from ${meta.preAggregation}: ${meta.rowsScanned} rows in ${meta.durationMs.toFixed(2)} ms`);
await store.close();
