import { crc32 } from 'node:zlib';
import type { StoredBatch } from '../model/batch.js';
import type { FileMeta } from '../model/catalog.js';
import { LIMITS } from '../model/limits.js';
import type { BuildColumn } from '../model/plan.js';
import { arrowFile, placeBuffers } from './arrow-write.js';
import type { ArrowArray, BufferPlace } from './arrow-write.js';
import { blockMetadata } from './serving-blocks.js';
import { servingColumn } from './serving-columns.js';
import { SERVING_FORM, noteMetadata } from './serving-note.js';
import type { ColumnNote, Stretch } from './serving-note.js';

/** What a serving file is made of: the rows of a Parquet file, decoded. */
export interface ServingRows {
  readonly batch: StoredBatch;
  readonly columns: readonly BuildColumn[];
  /** Rows ascend by these. */
  readonly sortColumns: readonly string[];
}

/**
 * The parts of a serving file, in their order, as docs/format.md tells them: the same bytes for the same rows.
 * Buffers of columns are not copied. Null where Arrow's plain types do not hold them.
 */
export function encodeServing(
  file: Pick<FileMeta, 'path' | 'bytes' | 'crc32'>,
  { batch, columns, sortColumns }: ServingRows,
): readonly Uint8Array[] | null {
  const { rows } = batch;
  const all = columns.map(({ name, role }) => {
    const column = batch.columns.get(name);
    const merge = role.kind === 'measure' ? role.merge : null;
    return column === undefined ? null : servingColumn(name, merge, rows, column);
  });
  const serving = all.filter((column) => column !== null);
  if (serving.length < all.length) return null;
  const arrows = serving.map(({ arrow }) => arrow);
  const { places } = placeBuffers(arrows.map(({ array }) => array));
  const notes = serving.map(({ arrow, note }, at): ColumnNote => {
    const { dictionary } = arrow;
    const own = dictionary === null ? [] : placeBuffers([dictionary]).places[0];
    return {
      ...note,
      buffers: stretches(arrow.array, places[at]),
      dictionary:
        note.dictionary === null || dictionary === null
          ? null
          : { ...note.dictionary, buffers: stretches(dictionary, own) },
    };
  });
  const note = {
    form: SERVING_FORM,
    parquet: { path: file.path, bytes: file.bytes, crc32: file.crc32 },
    rows,
    sortColumns,
    blockRows: LIMITS.blockRows,
    columns: notes,
  };
  return arrowFile(rows, arrows, { ...noteMetadata(note), ...blockMetadata(batch, sortColumns) });
}

function stretches({ buffers }: ArrowArray, places: readonly BufferPlace[]): readonly Stretch[] {
  return places.map(({ offset, bytes }, i) => [offset, bytes, crc32(buffers[i])]);
}
