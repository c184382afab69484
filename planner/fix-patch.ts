/** Changes of a pre-aggregation as a patch (RFC 6902) of the model as its author wrote it. */
import type { PatchOperation } from '../model/plan.js';
import { grainName, timeColumn } from '../model/schema.js';
import type { DataModel, JoinPath, PreAggregation, RollupTimeDimension } from '../model/schema.js';
import { applyChanges } from './draft-rollup.js';
import type { Change, MemberList } from './draft-rollup.js';
import { nameInRollup } from './name-in-rollup.js';

type Written = Readonly<Record<string, unknown>>;

/** The names of 2019, which do not mix with those of today. */
const OLD_NAME = /_?references?$/i;

/**
 * Every list is written once, whatever the number of its new members, so that the operations do not disturb each other.
 * @param paths on which the query reaches cubes
 */
export function fixPatch(
  model: DataModel,
  preAggregation: PreAggregation,
  changes: readonly Change[],
  paths: readonly JoinPath[],
): PatchOperation[] {
  const { pointer } = preAggregation;
  const written = resolvePointer(model.document, pointer) as Written;
  const draft = applyChanges(preAggregation, changes, paths);
  const modern = modernise(pointer, written, changes);
  return [
    ...modern.operations,
    ...LISTS.flatMap((list) => listPatch(list, draft, modern.written, changes)),
    ...timePatch(draft, modern.written, preAggregation.timeDimensions),
    ...indexPatch(pointer, written, preAggregation, changes),
  ];
}

const LISTS: readonly MemberList[] = ['measures', 'dimensions', 'segments'];

/** What stands at an RFC 6901 pointer; undefined where nothing does. */
function resolvePointer(document: unknown, pointer: string): unknown {
  return pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((inner, step) => (inner as Written | undefined)?.[step], document);
}

/** Today's names in place of those of 2019, where a list or a time has to be added beside them. */
function modernise(
  pointer: string,
  written: Written,
  changes: readonly Change[],
): { readonly written: Written; readonly operations: readonly PatchOperation[] } {
  const old = Object.keys(written).filter((key) => OLD_NAME.test(key));
  const adds = changes.some((change) =>
    change.kind === 'time' ? change.from === null : keyOf(written, change.list) === null,
  );
  if (old.length === 0 || !adds) return { written, operations: [] };
  const entries = Object.entries(written).map(([key, value]) => [newName(key), value]);
  const operations = old.flatMap((key): PatchOperation[] => [
    { op: 'remove', path: `${pointer}/${key}` },
    { op: 'add', path: `${pointer}/${newName(key)}`, value: written[key] },
  ]);
  return { written: Object.fromEntries(entries) as Written, operations };
}

/** `measureReferences` → `measures`, `timeDimensionReference` → `time_dimension`; every other key as it is. */
function newName(key: string): string {
  if (!OLD_NAME.test(key)) return key;
  const stem = snakeCase(key.replace(OLD_NAME, ''));
  return stem === 'time_dimension' ? stem : `${stem}s`;
}

/** The key under which a part is written, in whatever spelling; null: it is not, or is empty. */
function keyOf(written: Written, name: string): string | null {
  const key = Object.keys(written).find(
    (spelled) => written[spelled] != null && (snakeCase(spelled) === name || newName(spelled) === name),
  );
  return key ?? null;
}

function snakeCase(word: string): string {
  return word.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function listPatch(
  list: MemberList,
  draft: PreAggregation,
  written: Written,
  changes: readonly Change[],
): PatchOperation[] {
  const { pointer } = draft;
  const added = changes.flatMap((change) =>
    change.kind === 'member' && change.list === list ? [nameInRollup(draft, change.member)] : [],
  );
  if (added.length === 0) return [];
  const key = keyOf(written, list);
  if (key === null) return [{ op: 'add', path: `${pointer}/${list}`, value: added }];
  return added.map((member) => ({ op: 'add', path: `${pointer}/${key}/-`, value: member }));
}

function timePatch(
  changed: PreAggregation,
  written: Written,
  today: readonly RollupTimeDimension[],
): PatchOperation[] {
  const { pointer, timeDimensions } = changed;
  if (timeDimensions.every((time, at) => time === today[at])) return [];
  const draft = timeDimensions.map(({ dimension, granularity }) => ({
    dimension: nameInRollup(changed, dimension),
    granularity: grainName(granularity),
  }));
  const list = keyOf(written, 'time_dimensions');
  if (list !== null) return [{ op: 'replace', path: `${pointer}/${list}`, value: draft }];
  const single = keyOf(written, 'time_dimension');
  if (single !== null && draft.length === 1) {
    return [{ op: 'replace', path: `${pointer}/granularity`, value: draft[0].granularity }];
  }
  if (draft.length === 1) {
    return [
      { op: 'add', path: `${pointer}/time_dimension`, value: draft[0].dimension },
      { op: 'add', path: `${pointer}/granularity`, value: draft[0].granularity },
    ];
  }
  const removed = single === null ? [] : [single, 'granularity'];
  return [
    ...removed.map((key): PatchOperation => ({ op: 'remove', path: `${pointer}/${key}` })),
    { op: 'add', path: `${pointer}/time_dimensions`, value: draft },
  ];
}

/** Indexes name the column of a time with its granularity: they follow the change. */
function indexPatch(
  pointer: string,
  written: Written,
  { indexes }: PreAggregation,
  changes: readonly Change[],
): PatchOperation[] {
  const renamed = new Map(
    changes.flatMap((change) =>
      change.kind === 'time' && change.from !== null
        ? [[timeColumn(change.member, change.from), timeColumn(change.member, change.to)] as const]
        : [],
    ),
  );
  return indexes.flatMap(({ name, columns }, at): PatchOperation[] => {
    if (!columns.some((column) => renamed.has(column))) return [];
    const step = Array.isArray(written['indexes']) ? at : name;
    const value = columns.map((column) => renamed.get(column) ?? column);
    return [{ op: 'replace', path: `${pointer}/indexes/${step}/columns`, value }];
  });
}
