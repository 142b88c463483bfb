import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { DomainError } from '../kernel/errors.ts';
import { requestInfo } from '../platform/http.ts';
import type { Press } from '../platform/paper/press.ts';
import type { Print } from '../views/documents/print.ts';
import { statementCsv, statementName } from '../views/statements/csv.ts';
import { statementRoll, statementRows } from '../views/statements/paper.ts';
import { type Days, readStatement, type Statement, statementEntries } from '../views/statements/statement.ts';
import type { App } from './app.ts';
import type { Scope } from './authorise.ts';

/** More pages than this nobody reads; a program reads CSV, which has no such limit. */
const MAX_PRINTED = 100_000;

export interface StatementRequest {
  readonly accountId: string;
  readonly format: 'csv' | 'pdf';
  /** Calendar days of the reader's zone; the month so far where absent. */
  readonly from: string | null;
  readonly to: string | null;
  readonly timeZone: string;
  readonly print: Print;
  readonly scope: Scope;
}

/**
 * Answers with an account's statement, written as it is read: neither this process nor the database ever holds a long one. Its sums are
 * checked before the first byte; entries that do not lead to them break the connection, so that nobody keeps half a statement.
 */
export async function sendStatement(
  app: App,
  press: Press,
  wanted: StatementRequest,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  const now = wanted.print.at;
  const statement = await readStatement(app.pool, wanted.scope, wanted.accountId, daysOf(wanted, now), now);
  if (wanted.format === 'pdf' && statement.entries > MAX_PRINTED) {
    throw new DomainError(
      'over_limit',
      `This period has ${statement.entries} entries, too many to print. Choose CSV or a shorter period.`,
    );
  }
  const began = performance.now();
  try {
    if (wanted.format === 'csv') await sendCsv(app, statement, wanted, res);
    else await sendPdf(app, press, statement, wanted, res);
  } catch (error) {
    if (!res.headersSent) throw error;
    if (!(error instanceof Gone)) requestInfo(req).log.error({ err: error, account: wanted.accountId }, 'a statement broke off');
    res.destroy();
    return;
  }
  const took = Math.round(performance.now() - began);
  requestInfo(req).log.info(
    { document: 'statements', format: wanted.format, entries: statement.entries, tookMs: took },
    'statement sent',
  );
}

async function sendCsv(app: App, statement: Statement, wanted: StatementRequest, res: ServerResponse): Promise<void> {
  const { name, pieces } = statementCsv(app.pool, statement, showsOthers(wanted));
  await sendPieces(res, name, pieces);
}

/** Writes CSV as it is made, at the pace of its reader. */
export async function sendPieces(res: ServerResponse, name: string, pieces: AsyncIterable<string>): Promise<void> {
  head(res, name, 'text/csv; charset=utf-8; header=present', 'attachment');
  for await (const piece of pieces) await write(res, piece);
  res.end();
}

async function sendPdf(
  app: App,
  press: Press,
  statement: Statement,
  wanted: StatementRequest,
  res: ServerResponse,
): Promise<void> {
  const run = await press.begin(statementRoll(statement, wanted.print));
  try {
    head(res, `${statementName(statement)}.pdf`, 'application/pdf', 'inline');
    await write(res, run.first);
    for await (const entries of statementEntries(app.pool, statement)) {
      // Smaller pieces than a page of the database: each is formatted in this process between two requests of others.
      for (let from = 0; from < entries.length; from += ROWS_AT_ONCE) {
        const rows = statementRows(statement, entries.slice(from, from + ROWS_AT_ONCE), wanted.print, showsOthers(wanted));
        await write(res, await run.add(rows));
      }
    }
    res.end(await run.end());
  } finally {
    run.drop();
  }
}

const ROWS_AT_ONCE = 100;

/** A customer's wallet says what moved, not whose account it came from. */
const showsOthers = ({ scope }: StatementRequest): boolean => scope.customerId === null;

/** The reader went away. */
export class Gone extends Error {}

/** Waits for a slow reader instead of piling up what it has not taken yet. */
async function write(res: ServerResponse, piece: string | Uint8Array): Promise<void> {
  if (res.destroyed) throw new Gone('The reader went away');
  if (piece.length === 0 || res.write(piece)) return;
  await Promise.race([once(res, 'drain'), once(res, 'close')]);
}

function head(res: ServerResponse, name: string, type: string, how: string): void {
  res.writeHead(200, {
    'Content-Type': type,
    'Content-Disposition': `${how}; filename="${name}"`,
    'Cache-Control': 'private, no-store',
    'X-Content-Type-Options': 'nosniff',
  });
}

/** The month so far, in the reader's zone, unless days are named. */
function daysOf({ from, to, timeZone }: StatementRequest, now: Date): Days {
  const today = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' }).format(now);
  return { from: from ?? `${(to ?? today).slice(0, 8)}01`, to: to ?? today, timeZone };
}
