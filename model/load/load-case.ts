import type { SqlPart, SqlTemplate } from '../sql-template.js';
import { nodeAt, positionOf, type LocatedMap, type LocatedScalar } from './located.js';
import { assert } from '../assert.js';
import type { DimensionText } from './structure.js';

type CaseText = NonNullable<DimensionText['case']>;
type Label = CaseText['when'][number]['label'];

/** `case` as SQL: the labels of the first condition that holds. Labels are parameters, never text of the SQL. */
export function loadCase(
  text: CaseText,
  node: LocatedMap,
  load: (sql: LocatedScalar) => SqlTemplate,
): SqlTemplate {
  const sqlAt = (...path: readonly PropertyKey[]): readonly SqlPart[] => {
    const at = nodeAt(node, ['case', ...path]);
    assert(at?.kind === 'scalar', 'the structure holds the SQL of a case');
    return load(at).parts;
  };
  const labelAt = (label: Label, ...path: readonly PropertyKey[]): readonly SqlPart[] =>
    typeof label === 'string'
      ? [{ kind: 'value', value: label }]
      : [words('('), ...sqlAt(...path, 'label', 'sql'), words(')')];
  const branches = text.when.flatMap(({ label }, at) => [
    words(' WHEN ('),
    ...sqlAt('when', at, 'sql'),
    words(') THEN '),
    ...labelAt(label, 'when', at),
  ]);
  const rest = text.else === undefined ? [] : [words(' ELSE '), ...labelAt(text.else.label, 'else')];
  return {
    parts: [words('CASE'), ...branches, ...rest, words(' END')],
    position: positionOf(node.entries.get('case')?.key ?? node.place),
  };
}

function words(text: string): SqlPart {
  return { kind: 'text', text };
}
