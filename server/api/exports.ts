import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { DomainError } from '../kernel/errors.ts';
import { requestInfo } from '../platform/http.ts';
import { readSnapshot } from '../platform/read-snapshot.ts';
import { GL_DETAILS, type GlDetail, glCsv } from '../views/gl/csv.ts';
import { checkPeriod, demandBalance, type GlPeriod, readGlTotals } from '../views/gl/postings.ts';
import type { App } from './app.ts';
import { authorise, yours } from './authorise.ts';
import { EXPORT_PERMISSIONS } from './permissions.ts';
import { resolvePrincipal } from './principal.ts';

/** Each holds a connection of this process until its reader has everything. */
const MOST_AT_ONCE = 2;
/** A reader who takes nothing for so long is gone. */
const PATIENCE_MS = 30_000;
/** The database sorts a long period before it gives the first row. */
const STATEMENT_LIMIT_MS = 300_000;

const PATH = '/api/exports/general-ledger.csv';
const NOTHING = `There is no such export. Ask for ${PATH}?from=2026-11-01&to=2026-11-30&detail=journal or summary.`;

let running = 0;

/**
 * GET /api/exports/general-ledger.csv, by cookie: the books of a period as a file. Both sides are added up in the snapshot that is exported, and
 * nothing is given out unless they are equal. Rows are written as they are read: neither this process nor the database holds a long file.
 * One that breaks off breaks the connection, so that nobody keeps half of it unawares.
 */
export async function handleExport(app: App, req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (req.method !== 'GET') throw new DomainError('invalid_request', 'Exports are read with GET.');
  const url = new URL(req.url ?? '/', 'http://waybill');
  if (url.pathname !== PATH) throw new DomainError('not_found', NOTHING);
  const principal = await resolvePrincipal(req.headers, app.pool, app.settings);
  const scope = authorise(principal, EXPORT_PERMISSIONS['general-ledger'], app.settings.demo);
  const { detail, period } = wanted(url.searchParams);
  if (period.merchantId) yours(scope, { merchantId: period.merchantId });
  if (running >= MOST_AT_ONCE) throw new DomainError('overloaded', 'Other exports are being written. Try again in a minute.');
  running += 1;
  try {
    const entries = await readSnapshot(app.pool, async (tx) => {
      await tx.query(`SET LOCAL statement_timeout = ${STATEMENT_LIMIT_MS}`);
      await tx.query(`SET LOCAL idle_in_transaction_session_timeout = ${2 * PATIENCE_MS}`);
      const totals = await readGlTotals(tx, scope, period);
      demandBalance(totals);
      for await (const piece of glCsv(tx, scope, period, detail, totals)) {
        if (!res.headersSent) head(res, `general-ledger-${detail}-${period.from}-${period.to}.csv`);
        await write(res, piece);
      }
      return totals.reduce((sum, { transfers }) => sum + 2 * transfers, 0);
    });
    res.end();
    requestInfo(req).log.info({ export: 'general-ledger', detail, entries }, 'export sent');
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
