import type { OutputColumn } from '../model/plan.js';
import { grainName } from '../model/schema.js';
import type { Value } from '../model/value.js';

export type Row = Record<string, Value>;

/** Rows of an answer from its columns, each with one value for each row. */
export type RowMaker = (columns: readonly (readonly Value[])[], rows: number) => Row[];

/**
 * A maker for the answers of one query. After `GENERATED_AFTER` rows it writes itself as a literal with the names in it:
 * the rows have one shape then, and are made several times as fast as key by key. Where the process forbids code from
 * strings it goes on as before.
 */
export function rowMaker(output: readonly OutputColumn[]): RowMaker {
  const names = columnNames(output);
  let made = 0;
  let make: RowMaker | null = null;
  return (columns, rows) => {
    made += rows;
    if (make === null && made > GENERATED_AFTER) make = generated(names) ?? byKeys(names);
    return (make ?? byKeys(names))(columns, rows);
  };
}

/** Below it, making the code takes longer than it saves. */
const GENERATED_AFTER = 500;

function byKeys(names: readonly (readonly string[])[]): RowMaker {
  return (columns, rows) => {
    const objects: Row[] = [];
    for (let row = 0; row < rows; row++) {
      const object: Row = {};
      for (let at = 0; at < names.length; at++) {
        const value = columns[at][row];
        for (const name of names[at]) object[name] = value;
      }
      objects.push(object);
    }
    return objects;
  };
}

/** Null: the process forbids it. A name stands in the code as a JSON string, which no name ends. */
function generated(names: readonly (readonly string[])[]): RowMaker | null {
  const columns = names.map((_, at) => `const c${at} = columns[${at}];`).join('\n');
  const fields = names.flatMap((own, at) => own.map((name) => `[${JSON.stringify(name)}]: c${at}[row],`));
  const code = `${columns}
    const objects = [];
    for (let row = 0; row < rows; row++) objects.push({ ${fields.join(' ')} });
    return objects;`;
  try {
    // oxlint-disable-next-line no-implied-eval
    return new Function('columns', 'rows', code) as RowMaker;
  } catch (error) {
    if (error instanceof EvalError) return null;
    throw error;
  }
}

/**
 * The keys of each column in a row. The short name of a time is left to the first of its granularities, and to a
 * dimension of that name.
 */
function columnNames(output: readonly OutputColumn[]): string[][] {
  const taken = new Set(output.map(({ name }) => name));
  return output.map((column) => {
    if (column.kind !== 'time') return [column.name];
    const short = column.name.slice(0, -`.${grainName(column.granularity)}`.length);
    if (taken.has(short)) return [column.name];
    taken.add(short);
    return [column.name, short];
  });
}
