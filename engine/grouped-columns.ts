/** Columns of groups whose values are made only for who asks for them: an answer shows few of many groups. */
import type { GroupedCodes, GroupedColumn, GroupedNumbers } from '../model/batch.js';
import type { LogicalType, Value } from '../model/value.js';

export class NumberGroups implements GroupedColumn {
  readonly name: string;
  readonly type: LogicalType;
  readonly numbers: GroupedNumbers;
  #values: readonly Value[] | null = null;

  constructor(name: string, type: LogicalType, numbers: GroupedNumbers) {
    this.name = name;
    this.type = type;
    this.numbers = numbers;
  }

  get values(): readonly Value[] {
    const { values, validity } = this.numbers;
    return (this.#values ??= Array.from(values, (value, group) =>
      validity === null || validity[group] === 1 ? value : null,
    ));
  }
}

export class CodedGroups implements GroupedColumn {
  readonly name: string;
  readonly type: LogicalType;
  readonly coded: GroupedCodes;
  #values: readonly Value[] | null = null;

  constructor(name: string, type: LogicalType, coded: GroupedCodes) {
    this.name = name;
    this.type = type;
    this.coded = coded;
  }

  get values(): readonly Value[] {
    const { codes, dictionary } = this.coded;
    return (this.#values ??= Array.from(codes, (code) => dictionary[code]));
  }
}

/** NULLs as 0, which is what a group without any row counts. */
export function nullsAsZero({ values, validity }: GroupedNumbers): GroupedNumbers {
  if (validity === null) return { values, validity };
  return { values: values.map((value, group) => (validity[group] === 1 ? value : 0)), validity: null };
}
