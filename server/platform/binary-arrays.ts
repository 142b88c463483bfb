import type { ColumnType } from './rows.ts';

/**
 * Columns of a batch as PostgreSQL's binary arrays (array_recv in src/backend/utils/adt/arrayfuncs.c): dimensions, whether there are
 * nulls, the elements' type, their number, the lower bound; then each element as its length and its bytes, −1 for null. To read a text
 * array costs the server as much as to insert the rows.
 */
const OIDS = { uuid: 2950, text: 25, int4: 23, int8: 20, bool: 16, timestamptz: 1184 } as const;
type BinaryType = keyof typeof OIDS;

/** Bytes of an element where all have the same. */
const SIZES: Readonly<Record<Exclude<BinaryType, 'text'>, number>> = { uuid: 16, int4: 4, int8: 8, bool: 1, timestamptz: 8 };
const HEADER_BYTES = 20;
const NULL_LENGTH = -1;
/** PostgreSQL counts microseconds from 2000. */
const EPOCH_MS = 946_684_800_000n;
const INT4 = 2 ** 31;

type Value = unknown;

/** `values` as a binary array of `type`, or null if PostgreSQL has to read them as text. Throws on what does not fit the type. */
export function binaryArray(type: ColumnType, values: readonly Value[]): Buffer | null {
  switch (type) {
    case 'text':
      return textArray(values);
    case 'uuid':
    case 'int4':
    case 'int8':
    case 'bool':
      return fixedArray(type, values);
    case 'timestamptz':
      // An instant that comes as text may know microseconds, which a Date does not.
      return values.every((value) => isNull(value) || value instanceof Date) ? fixedArray(type, values) : null;
    default:
      return null;
  }
}

/** What a column calls NULL. */
export function isNull(value: Value): value is null | undefined {
  return value === null || value === undefined;
}

function header(view: DataView, type: BinaryType, count: number, nulls: number): void {
  view.setInt32(0, 1);
  view.setInt32(4, nulls === 0 ? 0 : 1);
  view.setInt32(8, OIDS[type]);
  view.setInt32(12, count);
  view.setInt32(16, 1);
}

function fixedArray(type: keyof typeof SIZES, values: readonly Value[]): Buffer {
  const size = SIZES[type];
  const write = WRITERS[type];
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + values.length * (4 + size));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = HEADER_BYTES;
  let nulls = 0;
  for (const value of values) {
    if (isNull(value)) {
      view.setInt32(at, NULL_LENGTH);
      nulls++;
      at += 4;
    } else {
      view.setInt32(at, size);
      write(value, at + 4, bytes, view);
      at += 4 + size;
    }
  }
  header(view, type, values.length, nulls);
  return nulls === 0 ? bytes : bytes.subarray(0, at);
}

type Write = (value: NonNullable<Value>, at: number, bytes: Uint8Array, view: DataView) => void;

const WRITERS: Readonly<Record<keyof typeof SIZES, Write>> = {
  uuid: (value, at, bytes) => writeUuid(value as string, at, bytes),
  int4(value, at, _bytes, view) {
    const number = Number(value);
    if (!Number.isInteger(number) || number < -INT4 || number >= INT4) throw new RangeError(`${value} is no int4`);
    view.setInt32(at, number);
  },
  int8(value, at, _bytes, view) {
    const number = typeof value === 'bigint' ? value : BigInt(value as number | string);
    if (BigInt.asIntN(64, number) !== number) throw new RangeError(`${value} is no int8`);
    view.setBigInt64(at, number);
  },
  bool(value, at, bytes) {
    if (typeof value !== 'boolean') throw new TypeError(`${value} is neither true nor false`);
    bytes[at] = value ? 1 : 0;
  },
  timestamptz(value, at, _bytes, view) {
    // A time far away has more microseconds than a number holds. BigInt refuses a Date that is none.
    view.setBigInt64(at, (BigInt((value as Date).getTime()) - EPOCH_MS) * 1_000n);
  },
};

/** The value of a hexadecimal digit by its code; what is none has the sign bit. */
const DIGITS = new Int8Array(256).fill(-1);
for (const [value, digit] of [...'0123456789abcdef'].entries()) {
  DIGITS[digit.charCodeAt(0)] = value;
  DIGITS[digit.toUpperCase().charCodeAt(0)] = value;
}
const DASH = 45;
const UUID_UNITS = 36;
const digits = Buffer.allocUnsafe(UUID_UNITS);

/** Its digits are laid out as bytes first: asking a string for each of them takes longer. */
function writeUuid(text: string, at: number, bytes: Uint8Array): void {
  let wrong = text.length === UUID_UNITS && digits.write(text, 0, UUID_UNITS, 'utf8') === UUID_UNITS ? 0 : -1;
  let from = 0;
  for (let index = 0; index < 16; index++) {
    if (index === 4 || index === 6 || index === 8 || index === 10) wrong |= digits[from++] === DASH ? 0 : -1;
    const high = DIGITS[digits[from++] as number] as number;
    const low = DIGITS[digits[from++] as number] as number;
    wrong |= high | low;
    bytes[at + index] = (high << 4) | low;
  }
  if (wrong < 0) throw new TypeError(`${JSON.stringify(text)} is no UUID`);
}

function textArray(values: readonly Value[]): Buffer {
  let units = 0;
  const texts = values.map((value) => (isNull(value) ? null : String(value)));
  for (const text of texts) units += text?.length ?? 0;
  // A UTF-16 unit is three bytes of UTF-8 at most.
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + texts.length * 4 + units * 3);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = HEADER_BYTES;
  let nulls = 0;
  for (const text of texts) {
    if (text === null) {
      view.setInt32(at, NULL_LENGTH);
      nulls++;
      at += 4;
      continue;
    }
    const length = writeText(text, at + 4, bytes);
    view.setInt32(at, length);
    at += 4 + length;
  }
  header(view, 'text', texts.length, nulls);
  return bytes.subarray(0, at);
}

const SHORT = 40;

/** Short texts are ASCII nearly always, and cheaper to write here than to hand over. */
function writeText(text: string, at: number, bytes: Buffer): number {
  if (text.length <= SHORT) {
    let index = 0;
    for (; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code > 0x7f) break;
      bytes[at + index] = code;
    }
    if (index === text.length) return index;
  }
  return bytes.write(text, at, 'utf8');
}
