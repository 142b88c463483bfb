import { chart } from '../../domains/ledger/schema.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/test-database.ts';
import { checkIntegrity } from '../../views/integrity.ts';
import { createFlows, type Flows } from '../flows.ts';
import { fundWallet } from './fund-wallet.ts';

/** Somebody with a wallet. */
export interface Holder {
  readonly customerId: string;
  readonly email: string;
  readonly walletId: string;
  readonly ctx: () => Ctx;
}

/** A house for tests of wallets: a real database and customers with money, no merchants. */
export interface WalletHouse {
  readonly db: TestDatabase;
  readonly flows: Flows;
  readonly staff: () => Ctx;
  clock(): Date;
  /** Sets the house's clock, which otherwise follows the real one. */
  setClock(at: Date): void;
  /** Another process of the same house, with lanes of its own. */
  again(): Flows;
  customer(name: string): Promise<Omit<Holder, 'walletId'>>;
  /** A customer with an open wallet that holds so much. */
  holder(name: string, amountMinor?: bigint, currency?: string): Promise<Holder>;
  /** Money that came from the bank. */
  fund(holder: Pick<Holder, 'customerId'>, amountMinor: bigint, currency?: string): Promise<void>;
  balance(holder: Pick<Holder, 'customerId'>, currency?: string): Promise<bigint>;
  expectBooksAgree(): Promise<void>;
  close(): Promise<void>;
}

export async function walletHouse(): Promise<WalletHouse> {
  const db = await createTestDatabase();
  let offset = 0;
  const clock = (): Date => new Date(Date.now() + offset);
  const again = (): Flows =>
    createFlows({ pool: db.pool, home: 'EU', outside: { payments: new Map(), carriers: new Map() }, clock });
  const flows = again();
  const ctxOf = (actor: string) => (): Ctx => ({
    now: clock(),
    actor,
    traceId: newId(),
    requestId: newId(),
    home: 'EU',
  });
  const customer: WalletHouse['customer'] = async (name) => {
    const customerId = newId();
    const email = `${name}@customer.example`;
    await db.pool.query(
      'INSERT INTO customers (id, email, email_normalized, name, guest, created_at) VALUES ($1, $2, $2, $3, false, now())',
      [customerId, email, name],
    );
    return { customerId, email, ctx: ctxOf(`user:${newId()}`) };
  };
  const fund: WalletHouse['fund'] = ({ customerId }, amountMinor, currency) =>
    fundWallet(db.pool, customerId, amountMinor, currency);
  return {
    db,
    flows,
    staff: ctxOf(`user:${newId()}`),
    clock,
    setClock: (at) => {
      offset = at.getTime() - Date.now();
    },
    again,
    customer,
    fund,
    holder: async (name, amountMinor = 0n, currency = 'EUR') => {
      const who = await customer(name);
      const { id: walletId } = await flows.wallets.open({ customerId: who.customerId, currency }, who.ctx());
      if (amountMinor > 0n) await fund(who, amountMinor, currency);
      return { ...who, walletId };
    },
    balance: async ({ customerId }, currency = 'EUR') => {
      const { rows } = await db.pool.query<{ minor: bigint }>(
        'SELECT credits_posted - debits_posted AS minor FROM accounts WHERE code = $1',
        [chart.wallet(customerId, currency).code],
      );
      return rows[0]?.minor ?? 0n;
    },
    expectBooksAgree: async () => {
      const { report } = await checkIntegrity(db.pool, { full: true, now: clock() });
      const broken = report.invariants.filter((finding) => finding.state === 'violated');
      if (broken.length > 0) throw new Error(`The books do not agree: ${JSON.stringify(broken, null, 2)}`);
    },
    close: () => db.drop(),
  };
}

/** The code of a refusal, and what a program is told with it. */
export async function refused(work: Promise<unknown>): Promise<{ code: string; data: Record<string, unknown> | undefined }> {
  try {
    await work;
  } catch (error) {
    if (error instanceof DomainError) return { code: error.code, data: error.data };
    throw error;
  }
  return { code: 'none', data: undefined };
}
