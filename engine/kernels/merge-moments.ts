import { mergeMeans, mergeMoments } from '../../model/moments.js';

/** Rows of states, by column, and the groups that they are merged into. */
export interface MomentRows {
  readonly columns: readonly Float64Array[];
  /** The positions of the rows. */
  readonly rows: Int32Array;
  /** The group of each. */
  readonly groups: Int32Array;
  readonly count: number;
}

/** Merges rows of count, mean and M2 into the same columns of their groups. A count of 0 is no state. */
export function mergeMomentRows(
  [counts, means, m2s]: readonly Float64Array[],
  { columns: [count, mean, m2], rows, groups, count: size }: MomentRows,
): void {
  for (let i = 0; i < size; i++) {
    const row = rows[i];
    const group = groups[i];
    const old = counts[group];
    const added = count[row];
    if (added === 0) continue;
    // With no old state, the mean of both is the new one.
    const delta = old === 0 ? 0 : mean[row] - means[group];
    m2s[group] = mergeMoments(old, m2s[group], added, m2[row], delta, delta);
    means[group] = old === 0 ? mean[row] : mergeMeans(old, means[group], added, mean[row]);
    counts[group] = old + added;
  }
}

/** The same of count, mean x, mean y, M2 x, M2 y and C. */
export function mergeComomentRows(
  [counts, meansX, meansY, m2sX, m2sY, cs]: readonly Float64Array[],
  { columns: [count, meanX, meanY, m2X, m2Y, c], rows, groups, count: size }: MomentRows,
): void {
  for (let i = 0; i < size; i++) {
    const row = rows[i];
    const group = groups[i];
    const old = counts[group];
    const added = count[row];
    if (added === 0) continue;
    const dx = old === 0 ? 0 : meanX[row] - meansX[group];
    const dy = old === 0 ? 0 : meanY[row] - meansY[group];
    m2sX[group] = mergeMoments(old, m2sX[group], added, m2X[row], dx, dx);
    m2sY[group] = mergeMoments(old, m2sY[group], added, m2Y[row], dy, dy);
    cs[group] = mergeMoments(old, cs[group], added, c[row], dx, dy);
    meansX[group] = old === 0 ? meanX[row] : mergeMeans(old, meansX[group], added, meanX[row]);
    meansY[group] = old === 0 ? meanY[row] : mergeMeans(old, meansY[group], added, meanY[row]);
    counts[group] = old + added;
  }
}
