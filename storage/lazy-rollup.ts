/**
 * A published rollup whose page is read when it is needed. The planner sees a RollupMeta like any other; where it
 * touches what only the page knows, it is interrupted, the page is read, and it begins anew: it is pure, so that this
 * changes nothing but the time.
 */
import type { RollupMeta } from '../model/catalog.js';
import { LIMITS } from '../model/limits.js';
import type { RollupHead } from './rollup-page.js';
import { RollupView } from './rollup-view.js';

export class LazyRollup extends RollupView {
  readonly head: RollupHead;
  readonly #pages: Pages;

  constructor(head: RollupHead, pages: Pages) {
    super();
    this.head = head;
    this.#pages = pages;
  }

  /** Whether nothing interrupts who looks at it now. */
  get isRead(): boolean {
    return this.#pages.has(this.head);
  }

  override get id(): RollupMeta['id'] {
    return this.head.id;
  }

  override get definition(): string {
    return this.head.definition;
  }

  override get lastRefreshTime(): number {
    return this.head.lastRefreshTime;
  }

  override get targetTableName(): string {
    return this.head.targetTableName;
  }

  protected override get whole(): RollupMeta {
    return this.#pages.get(this);
  }
}

/** Thrown through the planner, and caught by `Pages.with` alone. */
class PageNeeded extends Error {
  readonly rollup: LazyRollup;

  constructor(rollup: LazyRollup) {
    super(`the page of ${rollup.id} is not read yet`);
    this.rollup = rollup;
  }
}

/** Pages in memory: all are dropped, between calls, once they are more bytes than the budget. */
export class Pages {
  readonly #known = new Map<string, RollupMeta>();
  readonly #loading = new Map<string, Promise<RollupMeta>>();
  readonly #read: (head: RollupHead) => Promise<RollupMeta>;
  #bytes = 0;

  constructor(read: (head: RollupHead) => Promise<RollupMeta>) {
    this.#read = read;
  }

  get(rollup: LazyRollup): RollupMeta {
    const page = this.#known.get(rollup.head.page.path);
    if (page === undefined) throw new PageNeeded(rollup);
    return page;
  }

  has({ page: { path } }: RollupHead): boolean {
    return this.#known.has(path);
  }

  /** A page that was written just now needs no reading. */
  put({ page: { path, bytes } }: RollupHead, rollup: RollupMeta): void {
    if (!this.#known.has(path)) this.#bytes += bytes;
    this.#known.set(path, rollup);
  }

  /** The page, for one who can wait. */
  async load(head: RollupHead): Promise<RollupMeta> {
    const { path } = head.page;
    const known = this.#known.get(path);
    if (known !== undefined) return known;
    const loading = this.#loading.get(path) ?? this.#read(head);
    this.#loading.set(path, loading);
    try {
      const page = await loading;
      this.put(head, page);
      return page;
    } finally {
      this.#loading.delete(path);
    }
  }

  /**
   * Runs a call, which must be pure, again and again until all pages that it touches are there.
   * @throws StoreError what reading a page throws
   */
  async with<T>(call: () => T): Promise<T> {
    this.#evict();
    for (;;) {
      try {
        return call();
      } catch (error) {
        if (!(error instanceof PageNeeded)) throw error;
        await this.load(error.rollup.head);
      }
    }
  }

  /** Never while a call is under way: it may need more pages than the budget holds. */
  #evict(): void {
    if (this.#bytes <= LIMITS.pageBytes) return;
    this.#known.clear();
    this.#bytes = 0;
  }
}
