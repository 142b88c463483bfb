import { newId } from '../../../kernel/ids.ts';

/** In every probe but two: where it turns up in the text of a statement, somebody's input became SQL. */
export const MARK = 'zq9probe';

/** What has broken into SQL elsewhere: quotes of every kind, comments, stacked statements, sleeps, casts, patterns, text-search operators. */
export const SQL_PROBES: readonly string[] = [
  `${MARK}'`,
  `${MARK}' OR '1'='1`,
  `${MARK}') OR true --`,
  `${MARK}'; DROP TABLE orders; --`,
  `${MARK}'; SELECT pg_sleep(30); --`,
  `${MARK}' AND 1=(SELECT 1 FROM pg_sleep(30)) AND '1'='1`,
  `${MARK}' UNION SELECT password_hash FROM users --`,
  `'||(SELECT '${MARK}' || version())||'`,
  `${MARK}\\'; --`,
  `${MARK}" OR ""="`,
  `$$${MARK}$$`,
  `$1${MARK}`,
  `${MARK}::int`,
  `${MARK}%_\\`,
  `{${MARK},"}`,
  `${MARK}:* & !(|<->`,
  `${MARK}ʼ OR 1=1 --`,
  `${MARK}/**/OR/**/1=1`,
  `E'${MARK}\\x27 OR 1=1'`,
  `U&'${MARK}\\0027'`,
  `${MARK}, (SELECT 1/0)`,
  // These find everything where they are taken for patterns.
  '%',
  '_%',
  `${MARK} DESC, (CASE WHEN true THEN pg_sleep(9) END)`,
];

const cursor = (position: unknown): string => Buffer.from(JSON.stringify(position)).toString('base64url');

/** Cursors that nobody was given: of another shape, with SQL in the value or the id, of days that no calendar has. */
export const FORGED_CURSORS: readonly string[] = [
  MARK,
  cursor([`2026-11-22 12:00:00+00' OR '1'='1 ${MARK}`, newId()]),
  cursor(['2026-11-22 12:00:00+00', `${newId()}' --${MARK}`]),
  cursor([MARK, newId()]),
  cursor([`1; SELECT pg_sleep(9) --${MARK}`, newId()]),
  cursor(['2026-02-30 12:00:00+00', newId()]),
  cursor(['2026-99-99 99:99:99+99', newId()]),
  cursor(['0000-01-01 00:00:00+00', newId()]),
  cursor(['9999-12-31 23:59:59.999999+14:59', newId()]),
  cursor(['2026-11-22 24:00:00+15:60', newId()]),
  cursor(['999999999999999999', newId()]),
  cursor(['-999999999999999999', newId()]),
  cursor(['99999999999999999999', newId()]),
  cursor(['\u0000', newId()]),
  cursor(['\ud800', newId()]),
  cursor([1, 2]),
  cursor([[], {}]),
  cursor(['a']),
  cursor({ value: MARK, id: newId() }),
  cursor(null),
  cursor('x'.repeat(200)),
];
