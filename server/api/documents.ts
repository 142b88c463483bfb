import type { IncomingMessage, ServerResponse } from 'node:http';
import { DomainError } from '../kernel/errors.ts';
import { requestInfo } from '../platform/http.ts';
import type { Paper } from '../platform/paper/paper.ts';
import type { Press } from '../platform/paper/press.ts';
import { readSnapshot } from '../platform/read-snapshot.ts';
import { readCount } from '../views/counts.ts';
import { countPaper } from '../views/documents/count-sheet.ts';
import { invoicePaper } from '../views/documents/invoice-paper.ts';
import { manifestPaper } from '../views/documents/manifest-paper.ts';
import { orderPaper, readOrderDocument } from '../views/documents/order-document.ts';
import { packingPaper, readPackingSlip } from '../views/documents/packing-slip.ts';
import { pickPaper, readPickList } from '../views/documents/pick-list.ts';
import { type Print, printFor } from '../views/documents/print.ts';
import { proofPaper } from '../views/documents/proof-paper.ts';
import { DOCUMENT_LOCALES, type DocumentLocale } from '../views/documents/words.ts';
import { readInvoice } from '../views/invoices.ts';
import { readManifest } from '../views/manifests.ts';
import { readAccount } from '../views/people.ts';
import type { App } from './app.ts';
import { authorise, type Scope } from './authorise.ts';
import { DOCUMENT_PERMISSIONS, type DocumentKind } from './document-permissions.ts';
import { type Principal, resolvePrincipal } from './principal.ts';
import { sendStatement } from './statements.ts';

/** What is printed, and how: GET /api/documents/<kind>/<number>.pdf, by cookie. */
type Read = (tx: Parameters<typeof readOrderDocument>[0], scope: Scope, name: string, print: Print) => Promise<Paper>;

/** Papers; statements are written while they are read (statements.ts). */
const READS: Readonly<Record<Exclude<DocumentKind, 'statements'>, Read>> = {
  orders: async (tx, scope, number, print) => orderPaper(await readOrderDocument(tx, scope, number), print),
  invoices: async (tx, scope, number, print) => invoicePaper(await readInvoice(tx, scope, number), print),
  'packing-slips': async (tx, scope, number, print) => packingPaper(await readPackingSlip(tx, scope, number), print),
  'count-sheets': async (tx, scope, number, print) => countPaper(await readCount(tx, scope, number), print),
  manifests: async (tx, scope, number, print) => manifestPaper(await readManifest(tx, scope, number), print),
  proofs: async (tx, scope, number, print) => proofPaper(await readPackingSlip(tx, scope, number), print),
  'pick-lists': async (tx, scope, number, print) => pickPaper(await readPickList(tx, scope, number), print),
};

const ADDRESS = /^\/api\/documents\/([a-z-]{1,20})\/([A-Za-z0-9-]{1,60})\.(pdf|csv)$/;
const NOTHING =
  'There is no such document. Ask for /api/documents/orders/<number>.pdf, invoices, packing-slips, manifests, proofs, pick-lists, count-sheets or statements.';

/** Answers one request under /api/documents. What is not the caller's is 404; ?lang=de prints German whoever asks. */
export async function handleDocument(app: App, press: Press, req: IncomingMessage, res: ServerResponse): Promise<void> {
  if (req.method !== 'GET') throw new DomainError('invalid_request', 'Documents are read with GET.');
  const url = new URL(req.url ?? '/', 'http://waybill');
  const [, kind = '', name = '', format] = ADDRESS.exec(url.pathname) ?? [];
  if (!isKind(kind) || (format === 'csv' && kind !== 'statements')) throw new DomainError('not_found', NOTHING);
  const principal = await resolvePrincipal(req.headers, app.pool, app.settings);
  const scope = authorise(principal, DOCUMENT_PERMISSIONS[kind], app.settings.demo);
  const asked = url.searchParams;
  const { print, timeZone } = await printOf(app, principal, asked.get('lang'));
  if (kind === 'statements') {
    const wanted = {
      accountId: name,
      format: format === 'csv' ? 'csv' : 'pdf',
      from: asked.get('from'),
      to: asked.get('to'),
    } as const;
    await sendStatement(app, press, { ...wanted, timeZone, print, scope }, req, res);
    return;
  }
  const paper = await readSnapshot(app.pool, (tx) => READS[kind](tx, scope, name, print));
  const pdf = await press.print(paper);
  requestInfo(req).log.info({ document: kind, bytes: pdf.byteLength }, 'document printed');
  res.writeHead(200, {
    'Content-Type': 'application/pdf',
    'Content-Length': pdf.byteLength,
    // Opened in the reader's own viewer, from where it is printed or kept under this name.
    'Content-Disposition': `inline; filename="${fileName(paper.title)}"`,
    'Cache-Control': 'private, no-store',
  });
  res.end(pdf);
}

/** In the reader's own language and zone. */
async function printOf(app: App, { userId }: Principal, lang: string | null): Promise<{ print: Print; timeZone: string }> {
  const account = userId === null ? undefined : await readAccount(app.pool, userId);
  const wanted = lang ?? account?.locale;
  const locale: DocumentLocale = DOCUMENT_LOCALES.find((known) => known === wanted) ?? 'en';
  const timeZone = account?.timeZone ?? 'UTC';
  return { print: printFor(locale, timeZone, new Date()), timeZone };
}

const isKind = (kind: string): kind is DocumentKind => Object.hasOwn(DOCUMENT_PERMISSIONS, kind);

/** Plain ASCII, so that no header needs an encoding: "Packing slip EU-S10001" is packing-slip-eu-s10001.pdf. */
function fileName(title: string): string {
  const plain = title
    .normalize('NFKD')
    .replaceAll(/[^\w\s-]/g, '')
    .trim();
  return `${plain.toLowerCase().replaceAll(/\s+/g, '-')}.pdf`;
}
