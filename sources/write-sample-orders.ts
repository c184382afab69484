import { withMemoryDuckdb } from './memory-duckdb.js';
import { quoteText } from './quote-duckdb.js';

/**
 * Writes a Parquet file of made-up orders over the years 2023 and 2024: `rows` of them, the same for the same
 * seed on every machine and version, since only integer arithmetic decides. The folder must exist.
 */
export async function writeSampleOrders(path: string, rows: number, seed: number): Promise<void> {
  await withMemoryDuckdb(async (connection) => {
    for (const macro of MACROS) await connection.run(macro);
    await connection.run(
      `COPY (${ordersSql(rows, seed)}) TO ${quoteText(path)} (FORMAT parquet, COMPRESSION zstd)`,
    );
  });
}

/** Multiply and fold, twice: neighbours fall far apart. Factors are odd and small enough not to overflow. */
const MACROS = [
  `CREATE TEMP MACRO fold(x) AS (xor(x::BIGINT, x::BIGINT >> 15) * 1274126177) % 4294967296`,
  `CREATE TEMP MACRO draw(i, salt) AS fold(fold((i::BIGINT * 374761393 + salt::BIGINT * 668265263) % 4294967296)) >> 4`,
  `CREATE TEMP MACRO pick(list, x) AS list[(1 + x % len(list))::INTEGER]`,
];

const STORES_OF: Readonly<Record<string, string>> = {
  Austria: 'Graz Salzburg Vienna',
  France: 'Bordeaux Lyon Marseille Paris',
  Germany: 'Berlin Cologne Hamburg Munich',
  Greece: 'Athens Thessaloniki',
  Ireland: 'Cork Dublin',
  Italy: 'Milan Naples Rome Turin',
  Netherlands: 'Amsterdam Rotterdam Utrecht',
  Norway: 'Bergen Oslo',
  Poland: 'Kraków Warsaw Wrocław',
  Portugal: 'Lisbon Porto',
  Spain: 'Barcelona Madrid Seville Valencia',
  Sweden: 'Gothenburg Malmö Stockholm',
  'United Kingdom': 'Bristol Leeds Manchester York',
};
const STORES = Object.values(STORES_OF).flatMap((stores) => stores.split(' '));
const COUNTRIES = Object.entries(STORES_OF).flatMap(([country, stores]) =>
  stores.split(' ').map(() => country),
);
const KINDS = 'Roast Filter Espresso Decaf Tea Cocoa Mug Grinder Kettle Scale'.split(' ');
const MAKES = 'Amber Birch Cedar Dune Ember Fjord Grove Heath Isle Juniper Kelp Loam'.split(' ');

/** Most orders fall around noon and many before the holidays; some stores and customers have more than others. */
function ordersSql(rows: number, seed: number): string {
  const salt = (place: number): string => `draw(i, ${seed * 16 + place})`;
  const list = (texts: readonly string[]): string => `[${texts.map(quoteText).join(', ')}]`;
  return `
    WITH drawn AS (
      SELECT i,
        greatest(${salt(1)} % 731, (${salt(2)} % 4) // 3 * (640 + ${salt(3)} % 91)) AS day,
        (${salt(4)} % 43200 + ${salt(5)} % 43200) AS second,
        least(${salt(6)} % ${STORES.length}, ${salt(7)} % ${STORES.length}) * 17 % ${STORES.length} AS store,
        ${salt(8)} % ${KINDS.length} AS kind,
        ${salt(9)} % ${MAKES.length} AS make,
        1 + least(${salt(10)} % 6, ${salt(11)} % 6) AS quantity,
        least(${salt(12)} % 60000, ${salt(13)} % 60000) AS customer,
        ${salt(14)} AS fate
      FROM range(${rows}) AS orders(i)
    )
    SELECT
      (1000000 + i)::BIGINT AS order_id,
      TIMESTAMP '2023-01-01' + to_days(day::INTEGER) + to_seconds(second) AS created_at,
      pick(${list(STORES)}, store) AS store,
      pick(${list(COUNTRIES)}, store) AS country,
      pick(${list(KINDS)}, kind) AS category,
      pick(${list(MAKES)}, make) || ' ' || pick(${list(KINDS)}, kind) AS product,
      CASE WHEN fate % 20 = 0 THEN NULL ELSE pick(['web', 'app', 'shop', 'phone'], fate // 20 % 7 // 2) END AS channel,
      quantity::INTEGER AS quantity,
      ((350 + kind * 410 + make * 35) * quantity * 0.01)::DECIMAL(10, 2) AS amount,
      (fate % 33 = 7) AS returned,
      (10000 + customer)::BIGINT AS customer_id
    FROM drawn
    ORDER BY created_at, order_id`;
}
