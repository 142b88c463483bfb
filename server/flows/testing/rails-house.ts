import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPaymentProviders, type PaymentProvider } from '../../domains/payments/provider.ts';
import { createBank } from '../../domains/rails/provider.ts';
import type { Ctx } from '../../kernel/context.ts';
import { newId } from '../../kernel/ids.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/test-database.ts';
import { type BankSimulator, startBankSimulator } from '../../simulators/bank/server.ts';
import { type PspSimulator, startPspSimulator } from '../../simulators/psp/server.ts';
import { checkIntegrity } from '../../views/integrity.ts';
import { createFlows, type Flows } from '../flows.ts';
import type { Outside } from '../outside.ts';

/** Somebody with a wallet and a bank account. */
export interface Account {
  readonly customerId: string;
  readonly walletId: string;
  readonly bankAccountId: string;
  ctx(): Ctx;
}

/**
 * A house for tests of money on its way: a real database, the real simulators over HTTP, and their signed messages received, verified and
 * acted upon as they come. Nothing settles by itself: tests say when.
 */
export interface RailsHouse {
  readonly db: TestDatabase;
  readonly flows: Flows;
  readonly psp: PspSimulator;
  readonly bank: BankSimulator;
  readonly outside: Outside;
  /** Messages that were acted upon. */
  readonly heard: string[];
  again(outside?: Outside): Flows;
  ctx(actor?: string): Ctx;
  advanceClock(ms: number): void;
  account(amountMinor?: bigint): Promise<Account>;
  /** What the wallet holds, and what of it is held, in minor units. */
  money(account: Account): Promise<{ balance: bigint; held: bigint; expected: bigint; overdraft: bigint }>;
  topUp(id: string): Promise<Record<string, unknown>>;
  payout(id: string): Promise<Record<string, unknown>>;
  /** Somebody transfers money; it stays pending. Returns the bank's id. */
  transfer(reference: string, amount: number, currency?: string): Promise<string>;
  /** What becomes of a transfer or payout at the bank. */
  advance(ref: string, to: 'settled' | 'rejected' | 'returned'): Promise<void>;
  control(simulator: 'psp' | 'bank', path: string, body: object): Promise<Record<string, unknown>>;
  /** Runs whatever is due, as the sweep would, until nothing is. */
  settle(flows?: Flows): Promise<void>;
  expectBooksAgree(): Promise<void>;
  close(): Promise<void>;
}

const SECRETS = {
  webhookSecret: 'whsec_dGVzdF8wMTIzNDU2Nzg5YWJjZGVm',
  secretKey: 'sk_test_0123456789abcdef',
  apiKey: 'bank_test',
};
export const IBAN = 'DE89370400440532013000';
const FAR_MS = 3_600_000;

export async function railsHouse(): Promise<RailsHouse> {
  const db = await createTestDatabase();
  const heard: string[] = [];
  let hear: (path: string, body: Buffer, headers: NodeJS.Dict<string | string[]>) => Promise<void> = async () => {};
  const ears = await listen((path, body, headers) => hear(path, body, headers));
  const at = `http://127.0.0.1:${(ears.address() as AddressInfo).port}`;
  const psp = await startPspSimulator({ port: 0, ...SECRETS, webhookUrl: `${at}/psp` });
  const bank = await startBankSimulator({ port: 0, ...SECRETS, webhookUrl: `${at}/bank` });
  const outside: Outside = {
    payments: createPaymentProviders({ card: { url: psp.url, ...SECRETS, timeoutMs: 2_000 } }),
    carriers: new Map(),
    bank: createBank({ url: bank.url, ...SECRETS, timeoutMs: 2_000 }),
  };
  let offset = 0;
  const clock = (): Date => new Date(Date.now() + offset);
  const again = (other: Outside = outside): Flows => createFlows({ pool: db.pool, home: 'EU', outside: other, clock });
  const flows = again();
  const card = outside.payments.get('card') as PaymentProvider;
  hear = async (path, body, headers) => {
    if (path === '/psp') {
      for (const news of card.verifyWebhook(body, headers)) if (await flows.rails.cardNews(news)) heard.push(news.topic);
    } else {
      const news = outside.bank?.verifyWebhook(body, headers);
      if (news && (await flows.rails.bankNews(news))) heard.push(news.topic);
    }
  };
  const control: RailsHouse['control'] = async (simulator, path, body) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const { controlUrl } = simulator === 'psp' ? psp : bank;
    const answer = await fetch(`${controlUrl}/_sim/${path}`, init);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as Record<string, unknown>;
  };
  await control('bank', 'settings', { auto_settle: false });
  const ctx: RailsHouse['ctx'] = (actor = `user:${newId()}`) => ({
    now: clock(),
    actor,
    traceId: newId(),
    requestId: newId(),
    home: 'EU',
  });
  const row = async (table: string, id: string): Promise<Record<string, unknown>> =>
    (await db.pool.query(`SELECT * FROM ${table} WHERE id = $1`, [id])).rows[0];
  const transfer: RailsHouse['transfer'] = async (reference, amount, currency = 'EUR') =>
    String((await control('bank', 'pay_ins', { reference, amount, currency })).id);
  const advance: RailsHouse['advance'] = async (ref, to) => {
    await control('bank', `transfers/${ref}/advance`, { to });
  };
  const settle: RailsHouse['settle'] = async (by = flows) => {
    for (;;) {
      const { rows } = await db.pool.query<{ kind: 'top_up' | 'payout'; id: string }>(
        `SELECT 'top_up' AS kind, id FROM top_ups WHERE next_at <= $1 UNION ALL SELECT 'payout', id FROM payouts WHERE next_at <= $1`,
        [clock()],
      );
      if (rows.length === 0) return;
      await Promise.all(rows.map(({ kind, id }) => by.rails.advance(kind, id)));
    }
  };
  return {
    db,
    flows,
    psp,
    bank,
    outside,
    heard,
    again,
    ctx,
    control,
    transfer,
    advance,
    settle,
    advanceClock: (ms) => {
      offset += ms;
    },
    account: async (amountMinor = 0n) => {
      const customerId = newId();
      const email = `${customerId}@customer.example`;
      await db.pool.query(
        `INSERT INTO customers (id, email, email_normalized, name, guest, created_at) VALUES ($1, $2, $2, 'Carla', false, now())`,
        [customerId, email],
      );
      const actor = `user:${newId()}`;
      const own = () => ctx(actor);
      const { id: walletId } = await flows.wallets.open({ customerId, currency: 'EUR' }, own());
      await db.pool.query(`UPDATE wallets SET tier = 'plus' WHERE id = $1`, [walletId]);
      const kept = await flows.rails.addBankAccount({ owner: { customerId }, iban: IBAN, holder: 'Carla Rossi' }, own());
      const made = { customerId, walletId, bankAccountId: kept.id, ctx: own };
      if (amountMinor > 0n) {
        const { reference } = await flows.rails.topUpByBank({ walletId, amountMinor }, own());
        const bankRef = await transfer(reference as string, Number(amountMinor));
        await advance(bankRef, 'settled');
        await flows.rails.bankNews({ subject: 'pay_in', bankRef, attemptId: null });
      }
      return made;
    },
    money: async ({ customerId }) => {
      const { rows } = await db.pool.query(
        `SELECT credits_posted - debits_posted AS balance, debits_pending AS held, credits_pending AS expected, overdraft_minor AS overdraft
         FROM accounts WHERE kind = 'wallet' AND customer_id = $1`,
        [customerId],
      );
      return rows[0];
    },
    topUp: (id) => row('top_ups', id),
    payout: (id) => row('payouts', id),
    expectBooksAgree: async () => {
      const { report } = await checkIntegrity(db.pool, { full: true, now: new Date(clock().getTime() + FAR_MS) });
      const broken = report.invariants.filter((finding) => finding.state === 'violated');
      if (broken.length > 0) throw new Error(`The books do not agree: ${JSON.stringify(broken, null, 2)}`);
    },
    close: async () => {
      for (const provider of outside.payments.values()) provider.close();
      outside.bank?.close();
      await Promise.all([psp.close(), bank.close()]);
      ears.closeAllConnections();
      ears.close();
      await db.drop();
    },
  };
}

/** Receives the simulators' messages; one that cannot be acted upon is answered 500 and comes again. */
async function listen(
  hear: (path: string, body: Buffer, headers: NodeJS.Dict<string | string[]>) => Promise<void>,
): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      hear(request.url ?? '/', Buffer.concat(chunks), request.headers).then(
        () => response.writeHead(200).end(),
        () => response.writeHead(500).end(),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
