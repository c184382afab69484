import { isTimezone } from '../timezone.js';
import type { Context } from './declare.js';
import type { LocatedMap, Place } from './located.js';
import { parseEvery, parseWindow, type Every } from './parse-every.js';
import type { Problems } from './problems.js';
import type { RefreshKeyText } from './structure.js';

/** Whose refresh key it is. */
export type RefreshOwner =
  | { readonly kind: 'cube' }
  | { readonly kind: 'pre_aggregation'; readonly id: string; readonly isPartitioned: boolean };

/** Tells what is wrong with the refresh key at `node`: its times, and keys that exclude each other. */
export function checkRefreshKey(
  key: RefreshKeyText,
  node: LocatedMap,
  owner: RefreshOwner,
  { problems }: Context,
): void {
  const valueOf = (name: string): Place => node.entries.get(name)?.value.place ?? node.place;
  const keyOf = (name: string): Place => node.entries.get(name)?.key ?? node.place;
  const every = key.every === undefined ? null : parseEvery(key.every);
  if (every?.kind === 'fault') addFault(valueOf('every'), every, problems);
  if (every?.kind === 'cron' && key.sql !== undefined) {
    problems.add(
      valueOf('every'),
      'a CRON line cannot stand beside `sql`: write an interval such as `1 hour`',
    );
  }
  if (key.timezone !== undefined && !isTimezone(key.timezone)) {
    const hint = problems.hint(key.timezone, Intl.supportedValuesOf('timeZone'));
    const next = hint === '' ? ': use a name such as `Europe/Berlin`' : hint;
    problems.add(valueOf('timezone'), `there is no time zone \`${key.timezone}\`${next}`);
  }
  const window = key.update_window === undefined ? null : parseWindow(key.update_window);
  if (window?.kind === 'fault') addFault(valueOf('update_window'), window, problems);
  if (owner.kind === 'cube') {
    for (const name of ['incremental', 'update_window'] as const) {
      if (key[name] === undefined) continue;
      problems.add(keyOf(name), `\`${name}\` belongs into the \`refresh_key\` of a pre-aggregation`);
    }
  } else {
    checkIncremental(key, keyOf, owner, problems);
  }
  if (key.immutable !== true) return;
  for (const name of ['every', 'sql', 'incremental'] as const) {
    if (key[name] === undefined) continue;
    problems.warn(keyOf(name), 'key_without_effect', 'what is `immutable` is never refreshed');
  }
}

function checkIncremental(
  key: RefreshKeyText,
  keyOf: (name: string) => Place,
  owner: RefreshOwner & { kind: 'pre_aggregation' },
  problems: Problems,
): void {
  if (key.incremental !== true) {
    if (key.update_window !== undefined) {
      const message = '`update_window` has no effect without `incremental: true`';
      problems.warn(keyOf('update_window'), 'key_without_effect', message);
    }
    return;
  }
  if (key.sql !== undefined) {
    problems.add(keyOf('sql'), '`sql` and `incremental` exclude each other: remove one of them');
  }
  if (!owner.isPartitioned) {
    const message = `Incremental refresh key can only be used for partitioned pre-aggregations but set for non-partitioned '${owner.id}'`;
    problems.add(keyOf('incremental'), `${message}: add a \`partition_granularity\``);
  } else if (key.update_window === undefined) {
    const message = 'without an `update_window` only the last partition is refreshed';
    problems.warn(keyOf('incremental'), 'update_window_missing', message);
  }
}

function addFault(place: Place, fault: Every & { kind: 'fault' }, problems: Problems): void {
  const hint = fault.word === undefined ? '' : problems.hint(fault.word, fault.words ?? []);
  problems.add(place, `${fault.message}${hint}`);
}
