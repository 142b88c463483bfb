import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { DomainError } from '../kernel/errors.ts';
import type { Tx } from '../platform/db.ts';
import { requestInfo } from '../platform/http.ts';
import { readSnapshot } from '../platform/read-snapshot.ts';
import { GL_DETAILS, type GlDetail, glCsv } from '../views/gl/csv.ts';
import { checkPeriod, demandBalance, type GlPeriod, readGlTotals } from '../views/gl/postings.ts';
import type { App } from './app.ts';
import { authorise, type Scope, yours } from './authorise.ts';
import { EXPORT_PERMISSIONS, type ExportKind } from './export-permissions.ts';
import { resolvePrincipal } from './principal.ts';
import { STOCK_EXPORTS } from './stock-exports.ts';
import { taxReportExport } from './tax-report.ts';

/** Each holds a connection of this process until its reader has everything. */
const MOST_AT_ONCE = 2;
/** A reader who takes nothing for so long is gone. */
const PATIENCE_MS = 30_000;
/** The database sorts a long period before it gives the first row. */
const STATEMENT_LIMIT_MS = 300_000;

const PATH = /^\/api\/exports\/([a-z-]+)\.csv$/;

/** A file that somebody may take away. What its address asks for is checked before anything is read. */
export interface Export {
  prepare(query: URLSearchParams, scope: Scope): PreparedExport;
}

export interface PreparedExport {
  /** Of the file. */
  readonly name: string;
  /** The file, piece by piece. Whatever is thrown before the first piece is an answer of its own. */
  pieces(tx: Tx): AsyncIterable<string>;
}

const generalLedger: Export = {
  prepare(query, scope) {
    const { detail, period } = wanted(query);
    if (period.merchantId) yours(scope, { merchantId: period.merchantId });
    return {
      name: `general-ledger-${detail}-${period.from}-${period.to}.csv`,
      async *pieces(tx) {
        const totals = await readGlTotals(tx, scope, period);
        demandBalance(totals);
        yield* glCsv(tx, scope, period, detail, totals);
      },
    };
  },
};

const EXPORTS: Readonly<Record<ExportKind, Export>> = {
  'general-ledger': generalLedger,
  'tax-report': taxReportExport,
  ...STOCK_EXPORTS,
};
const NOTHING = `There is no such export. There are: ${Object.keys(EXPORTS).join(', ')}, each as /api/exports/<name>.csv.`;

let running = 0;

/**
 * GET /api/exports/<name>.csv, by cookie: the books of a period, levels, sheets and purchase orders as files. Of the books both sides are added up in
 * the snapshot that is exported, and nothing is given out unless they are equal. Rows are written as they are read: neither this process nor the
 * database holds a long file. One that breaks off breaks the connection, so that nobody keeps half of it unawares.
 */
export async function handleExport(app: App, req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (req.method !== 'GET') throw new DomainError('invalid_request', 'Exports are read with GET.');
  const url = new URL(req.url ?? '/', 'http://waybill');
  const kind = PATH.exec(url.pathname)?.[1] as ExportKind | undefined;
  if (kind === undefined || !Object.hasOwn(EXPORTS, kind)) throw new DomainError('not_found', NOTHING);
  const principal = await resolvePrincipal(req.headers, app.pool, app.settings);
  const scope = authorise(principal, EXPORT_PERMISSIONS[kind], app.settings.demo);
  const { name, pieces } = EXPORTS[kind].prepare(url.searchParams, scope);
  if (running >= MOST_AT_ONCE) throw new DomainError('overloaded', 'Other exports are being written. Try again in a minute.');
  running += 1;
  try {
    const characters = await readSnapshot(app.pool, async (tx) => {
      await tx.query(`SET LOCAL statement_timeout = ${STATEMENT_LIMIT_MS}`);
      await tx.query(`SET LOCAL idle_in_transaction_session_timeout = ${2 * PATIENCE_MS}`);
      let sent = 0;
      for await (const piece of pieces(tx)) {
        if (!res.headersSent) head(res, name);
        await write(res, piece);
        sent += piece.length;
      }
      return sent;
    });
    res.end();
    requestInfo(req).log.info({ export: kind, characters }, 'export sent');
  } catch (error) {
    if (!res.headersSent) throw error;
    if (!(error instanceof Gone)) requestInfo(req).log.error({ err: error }, 'an export broke off');
    res.destroy();
  } finally {
    running -= 1;
  }
}

function head(res: ServerResponse, name: string): void {
  res.writeHead(200, {
    'Content-Type': 'text/csv; charset=utf-8; header=present',
    'Content-Disposition': `attachment; filename="${name}"`,
    'Cache-Control': 'private, no-store',
    'X-Content-Type-Options': 'nosniff',
  });
}

function wanted(query: URLSearchParams): { detail: GlDetail; period: GlPeriod } {
  const detail = GL_DETAILS.find((known) => known === (query.get('detail') ?? 'journal'));
  if (!detail) throw new DomainError('invalid_request', 'detail is journal or summary.', { field: 'detail' });
  const period = { from: query.get('from') ?? '', to: query.get('to') ?? '' };
  checkPeriod(period);
  const currency = query.get('currency') || undefined;
  if (currency && !/^[A-Z]{3}$/.test(currency))
    throw new DomainError('invalid_request', 'currency is a code such as EUR.', { field: 'currency' });
  const merchantId = query.get('merchant') || undefined;
  if (merchantId && !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(merchantId))
    throw new DomainError('invalid_request', 'merchant is an id.', { field: 'merchant' });
  return { detail, period: { ...period, currency, merchantId } };
}

/** The reader went away. */
class Gone extends Error {}

/** Waits for a slow reader instead of piling up what it has not taken yet. */
async function write(res: ServerResponse, piece: string): Promise<void> {
  if (res.destroyed) throw new Gone('The reader went away');
  if (piece === '' || res.write(piece)) return;
  const stop = AbortSignal.timeout(PATIENCE_MS);
  try {
    await Promise.race([once(res, 'drain', { signal: stop }), once(res, 'close', { signal: stop })]);
  } catch {
    throw new Gone('The reader takes nothing any more');
  }
}
