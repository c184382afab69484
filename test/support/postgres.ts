/** A real PostgreSQL as a source: the server whose address stands in GRANARY_POSTGRES (`.ci/postgres` starts one). */
import pg from 'pg';
import type { FieldDef } from 'pg';
import type { GroupedBatch } from '../../dist/model/batch.js';
import type { SqlParam } from '../../dist/model/plan.js';
import { canonicalInteger } from '../../dist/model/value.js';
import type { LogicalType, Value } from '../../dist/model/value.js';
import type { Source } from '../../dist/sources/source.js';

export type AskedSource = Pick<Source, 'query' | 'typesOf' | 'close'>;

const address = process.env['GRANARY_POSTGRES'];

/** Tests with PostgreSQL may be left out on a machine without it, but not where everything is proven. */
export const withoutPostgres = address === undefined && process.env['CI'] !== 'true';

/** Makes the tables in a schema of their own, which is dropped at the end. */
export async function openPostgres(init: readonly string[]): Promise<AskedSource> {
  if (address === undefined) throw new Error('GRANARY_POSTGRES is not set: run the tests by .ci/postgres');
  const client = new pg.Client({ connectionString: address, options: '-c TimeZone=UTC' });
  await client.connect();
  const schema = `granary_${process.pid}_${Date.now()}`;
  await client.query(`CREATE SCHEMA ${schema}`);
  await client.query(`SET search_path = ${schema}`);
  for (const statement of init) await client.query(statement);
  const run = (text: string, params: readonly SqlParam[]): Promise<pg.QueryArrayResult> =>
    client.query({
      text,
      values: params.map(paramText),
      rowMode: 'array',
      types: { getTypeParser: () => (value: string) => value },
    });
  return {
    async query({ text, params }) {
      const { rows, fields } = await run(text, params);
      return { rows: rows.length, columns: fields.map((field, at) => column(field, rows, at)) };
    },
    async typesOf({ text, params }) {
      const { fields } = await run(text, params);
      return new Map(fields.map((field) => [field.name, typeOf(field)]));
    },
    async close() {
      await client.query(`DROP SCHEMA ${schema} CASCADE`);
      await client.end();
    },
  };
}

/** `2024-01-15 10:00:00.5`, or `0044-03-15 00:00:00 BC`: 1 BC is the year 0. */
function timeOf(text: string): number {
  const [day, clock = '00:00:00', era] = text.split(' ');
  const time = Date.parse(
    `${era === 'BC' ? '2000' : day.slice(0, -6)}${day.slice(-6)}T${clock.slice(0, 12)}Z`,
  );
  return era === 'BC' ? new Date(time).setUTCFullYear(1 - Number(day.slice(0, -6))) : time;
}

function paramText(param: SqlParam): string {
  return param.type === 'time' ? new Date(param.value).toISOString().slice(0, -1) : String(param.value);
}

const { builtins } = pg.types;

const KINDS = new Map<number, 'boolean' | 'integer' | 'decimal' | 'double' | 'time'>([
  [builtins.BOOL, 'boolean'],
  [builtins.INT2, 'integer'],
  [builtins.INT4, 'integer'],
  [builtins.INT8, 'integer'],
  [builtins.NUMERIC, 'decimal'],
  [builtins.FLOAT4, 'double'],
  [builtins.FLOAT8, 'double'],
  [builtins.DATE, 'time'],
  [builtins.TIMESTAMP, 'time'],
  [builtins.TIMESTAMPTZ, 'time'],
]);

/** The scale of a NUMERIC without one is not known beforehand: it counts as 0, `column` looks at the values. */
function typeOf({ dataTypeID, dataTypeModifier }: FieldDef): LogicalType {
  const kind = KINDS.get(dataTypeID) ?? 'string';
  if (kind !== 'decimal') return { kind };
  return { kind, scale: dataTypeModifier < 0 ? 0 : (dataTypeModifier - 4) & 0x7ff };
}

function column(
  field: FieldDef,
  rows: readonly (readonly (string | null)[])[],
  at: number,
): GroupedBatch['columns'][number] {
  const texts = rows.map((row) => row[at]);
  const kind = typeOf(field);
  const scale = Math.max(0, ...texts.map((text) => text?.split('.')[1]?.length ?? 0));
  const type = kind.kind === 'decimal' ? { kind: 'decimal' as const, scale } : kind;
  return { name: field.name, type, values: texts.map((text) => (text === null ? null : read(text, type))) };
}

function read(text: string, type: LogicalType): Value {
  switch (type.kind) {
    case 'boolean':
      return text === 't';
    case 'integer':
      return canonicalInteger(BigInt(text));
    case 'decimal': {
      const [whole, fraction = ''] = text.split('.') as [string, string?];
      return canonicalInteger(BigInt(whole + fraction.padEnd(type.scale, '0')));
    }
    case 'double':
      return Number(text);
    case 'time':
      return timeOf(text);
    default:
      return text;
  }
}
