import { DomainError } from '../kernel/errors.ts';
import { isId } from '../kernel/ids.ts';

/** One page of a list; `next` is the opaque cursor of the page after it, null on the last. */
export interface Page<T> {
  readonly items: T[];
  readonly next: string | null;
}

export const PAGE_SIZE = 50;
export const PAGE_SIZE_MAX = 200;

/** Counts shown beside tabs stop here: people need "99+", not a sequential scan. */
export const COUNT_CAP = 100;

/** The position after a row: the value it is sorted by, as text, and its id to break ties. */
export interface Position {
  readonly value: string;
  readonly id: string;
}

export function encodeCursor(position: Position): string {
  return Buffer.from(JSON.stringify([position.value, position.id])).toString('base64url');
}

/** A cursor that is not ours, or not any more. */
export const badCursor = (): DomainError =>
  new DomainError('invalid_request', 'This page link is not valid any more. Start again from the first page.');

/** Text that the database takes: a cursor says what it likes. */
const isText = (value: string): boolean => value.isWellFormed() && !value.includes('\u0000');

/** Reads a cursor. `check` refuses a value that is not of the sorted column's type, before SQL sees it. */
export function decodeCursor(cursor: string, check: (value: string) => boolean): Position {
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw badCursor();
  }
  if (!Array.isArray(parsed)) throw badCursor();
  const [value, id] = parsed as unknown[];
  if (typeof value !== 'string' || typeof id !== 'string' || !isId(id) || !isText(value) || !check(value)) throw badCursor();
  return { value, id };
}

const TIMESTAMP = /^(?!0000)(\d{4}-\d\d-\d\d) ([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?[+-](?:0\d|1[0-4])(?::[0-5]\d)?$/;

/**
 * Microseconds are kept as PostgreSQL writes them: a Date would round them and lose or repeat a row. A day that no calendar has would
 * fail in the database.
 */
export function isTimestamp(value: string): boolean {
  const day = TIMESTAMP.exec(value)?.[1];
  return day !== undefined && !Number.isNaN(Date.parse(day)) && new Date(day).toISOString().startsWith(day);
}

export const isInteger = (value: string): boolean => /^-?\d{1,18}$/.test(value);

/** A page out of `limit + 1` rows: the extra row only says that there is a next page. */
export function pageOf<R, T>(rows: R[], limit: number, position: (row: R) => Position, item: (row: R) => T): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(item), next: rows.length > limit && last !== undefined ? encodeCursor(position(last)) : null };
}

/** How many rows were asked for, within bounds. */
export function limitOf(limit: number | undefined): number {
  return Math.min(Math.max(limit ?? PAGE_SIZE, 1), PAGE_SIZE_MAX);
}
