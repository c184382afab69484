import type { SchemaElement } from 'hyparquet';
import { checkTime } from '../model/check-time.js';
import type { LogicalType, Value } from '../model/value.js';

/** What a page holds for one row: undefined or null is NULL. */
export type RawValue = boolean | number | bigint | string | Uint8Array | null | undefined;

/** A column as the Parquet schema tells it. */
export type PhysicalColumn =
  | { readonly kind: 'value'; readonly name: string; readonly type: LogicalType; readonly decode: Decode }
  /** Bytes without annotation: a sketch. */
  | { readonly kind: 'bytes'; readonly name: string }
  | { readonly kind: 'unsupported'; readonly name: string; readonly parquet: string };

/** The value of what is stored, in its one form; never for NULL. */
export type Decode = (raw: NonNullable<RawValue>) => Exclude<Value, null>;

export function physicalColumn(element: SchemaElement): PhysicalColumn {
  const { name } = element;
  const unsupported = { kind: 'unsupported', name, parquet: parquetType(element) } as const;
  if (element.repetition_type === 'REPEATED' || element.num_children !== undefined) return unsupported;
  const scale = element.converted_type === 'DECIMAL' ? (element.scale ?? 0) : null;
  const value = (type: LogicalType, decode: Decode): PhysicalColumn => ({
    kind: 'value',
    name,
    type,
    decode,
  });
  switch (element.type) {
    case 'BOOLEAN':
      return value({ kind: 'boolean' }, (raw) => raw as boolean);
    case 'FLOAT':
    case 'DOUBLE':
      return value({ kind: 'double' }, decodeDouble);
    case 'INT32':
    case 'INT64': {
      if (scale !== null) return value(decimalType(scale), decodeInteger);
      const toMs = timeDecoder(element);
      if (toMs !== null) return value({ kind: 'time' }, toMs);
      const decode = integerDecoder(element);
      return decode === null ? unsupported : value({ kind: 'integer' }, decode);
    }
    case 'BYTE_ARRAY':
      if (scale !== null) return value(decimalType(scale), decodeBigEndian);
      if (element.converted_type === 'UTF8') return value({ kind: 'string' }, (raw) => raw as string);
      return element.converted_type === undefined && element.logical_type === undefined
        ? { kind: 'bytes', name }
        : unsupported;
    case 'FIXED_LEN_BYTE_ARRAY':
      return scale === null ? unsupported : value(decimalType(scale), decodeBigEndian);
    default:
      return unsupported;
  }
}

/** A decimal without a fraction is an integer: it stands where a sum outgrew 64 bits in one partition alone. */
function decimalType(scale: number): LogicalType {
  return scale === 0 ? { kind: 'integer' } : { kind: 'decimal', scale };
}

function integerDecoder(element: SchemaElement): Decode | null {
  switch (element.converted_type) {
    case undefined:
    case 'INT_8':
    case 'INT_16':
    case 'INT_32':
    case 'INT_64':
    case 'UINT_8':
    case 'UINT_16':
      return decodeInteger;
    case 'UINT_32':
      return (raw) => Number(BigInt.asUintN(32, BigInt(raw as number | bigint)));
    case 'UINT_64':
      return (raw) => decodeInteger(BigInt.asUintN(64, raw as bigint));
    default:
      return null;
  }
}

/** Whether it gives the numbers that pages hold as doubles as they are: integers there are safe ones. */
export function keepsNumbers(decode: Decode): boolean {
  return decode === decodeInteger || decode === decodeDouble;
}

function decodeDouble(raw: NonNullable<RawValue>): number {
  return raw as number;
}

function decodeInteger(raw: NonNullable<RawValue>): number | bigint {
  const number = Number(raw);
  return Number.isSafeInteger(number) ? number : (raw as bigint);
}

/** Two's complement, the highest byte first. Doubles are exact here as long as the result is a safe integer. */
function decodeBigEndian(raw: NonNullable<RawValue>): number | bigint {
  const bytes = raw as Uint8Array;
  let number = (bytes[0] ?? 0) >= 0x80 ? -1 : 0;
  for (let i = 0; i < bytes.length; i++) number = number * 256 + bytes[i];
  if (Number.isSafeInteger(number)) return number === 0 ? 0 : number;
  let wide = (bytes[0] ?? 0) >= 0x80 ? -1n : 0n;
  for (let i = 0; i < bytes.length; i++) wide = wide * 256n + BigInt(bytes[i]);
  return wide;
}

/** To milliseconds, rounded down. Null: the annotation is no time. */
function timeDecoder(element: SchemaElement): Decode | null {
  const logical = element.logical_type;
  if (element.converted_type === 'DATE') return (raw) => checkTime((raw as number) * 86_400_000);
  if (element.converted_type === 'TIMESTAMP_MILLIS') return timestampDecoder(1);
  if (element.converted_type === 'TIMESTAMP_MICROS') return timestampDecoder(1_000);
  if (logical?.type !== 'TIMESTAMP') return null;
  return timestampDecoder(logical.unit === 'MILLIS' ? 1 : logical.unit === 'MICROS' ? 1_000 : 1_000_000);
}

function timestampDecoder(unitsPerMs: number): Decode {
  const wideUnits = BigInt(unitsPerMs);
  return (raw) => {
    const units = Number(raw);
    if (Number.isSafeInteger(units)) return checkTime(Math.floor(units / unitsPerMs));
    const wide = raw as bigint;
    const ms = wide / wideUnits;
    return checkTime(Number(wide < 0n && ms * wideUnits !== wide ? ms - 1n : ms));
  };
}

/** `INT64 TIMESTAMP`, `FIXED_LEN_BYTE_ARRAY DECIMAL`; `group` where it has fields of its own. */
export function parquetType(element: SchemaElement): string {
  return [element.type ?? 'group', element.logical_type?.type ?? element.converted_type]
    .filter((part) => part !== undefined)
    .join(' ');
}
