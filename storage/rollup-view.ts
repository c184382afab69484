import type { RollupMeta } from '../model/catalog.js';

/** A published rollup as another one shows it: what a subclass does not tell itself is that of `whole`. */
export abstract class RollupView implements RollupMeta {
  protected abstract get whole(): RollupMeta;

  get id(): RollupMeta['id'] {
    return this.whole.id;
  }

  get definition(): RollupMeta['definition'] {
    return this.whole.definition;
  }

  get lastRefreshTime(): RollupMeta['lastRefreshTime'] {
    return this.whole.lastRefreshTime;
  }

  get targetTableName(): RollupMeta['targetTableName'] {
    return this.whole.targetTableName;
  }

  get columns(): RollupMeta['columns'] {
    return this.whole.columns;
  }

  get indexes(): RollupMeta['indexes'] {
    return this.whole.indexes;
  }

  get partitionGranularity(): RollupMeta['partitionGranularity'] {
    return this.whole.partitionGranularity;
  }

  get sourceRange(): RollupMeta['sourceRange'] {
    return this.whole.sourceRange;
  }

  get sourceHasNullTimes(): RollupMeta['sourceHasNullTimes'] {
    return this.whole.sourceHasNullTimes;
  }

  get buildRange(): RollupMeta['buildRange'] {
    return this.whole.buildRange;
  }

  get partitions(): RollupMeta['partitions'] {
    return this.whole.partitions;
  }
}
