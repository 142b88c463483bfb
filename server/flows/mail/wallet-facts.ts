import type { Queryable } from '../../platform/db.ts';
import type { MailLinks, WalletNews } from './content.ts';

interface Wanted {
  readonly kind: WalletNews['kind'];
  readonly data: Readonly<Record<string, unknown>>;
  readonly since: Date;
}

interface Row {
  readonly customerName: string | null;
  readonly person: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly walletId: string | null;
  readonly asked: boolean;
  readonly expiresAt: Date;
  readonly open: boolean;
  readonly country: string;
  readonly last4: string;
  readonly closed: boolean;
}

/** The customer's open wallet in a currency. Without one the mail leads to whatever wallets they have. */
const OPEN_WALLET = `(SELECT w.id FROM wallets w WHERE w.customer_id = c.id AND w.currency = x.currency AND w.status <> 'closed') AS "walletId"`;
const RECEIVED = `SELECT c.name AS "customerName", coalesce(p.name, p.email, '') AS person, x.amount_minor AS "amountMinor", x.currency, ${OPEN_WALLET},
    x.request_id IS NOT NULL AS asked
  FROM wallet_transfers x JOIN customers c ON c.id = x.to_customer JOIN customers p ON p.id = x.from_customer WHERE x.id = $1`;
const REQUESTED = `SELECT c.name AS "customerName", coalesce(p.name, p.email, '') AS person, x.amount_minor AS "amountMinor", x.currency,
    x.expires_at AS "expiresAt", x.status = 'open' AND x.expires_at > $2 AS open
  FROM money_requests x JOIN customers c ON c.id = x.payer_id JOIN customers p ON p.id = x.requester_id WHERE x.id = $1`;
const TOPPED_UP = `SELECT c.name AS "customerName", x.amount AS "amountMinor", x.currency, ${OPEN_WALLET}
  FROM (SELECT $1::uuid AS customer_id, $2::int8 AS amount, $3::text AS currency) x JOIN customers c ON c.id = x.customer_id`;
const WITHDRAWAL = `SELECT c.name AS "customerName", x.amount_minor AS "amountMinor", x.currency, ${OPEN_WALLET}, a.country, a.last4,
    (SELECT w.status = 'closed' FROM wallets w WHERE w.id = x.wallet_id) AS closed
  FROM payouts x JOIN customers c ON c.id = x.customer_id JOIN bank_accounts a ON a.id = x.bank_account_id WHERE x.id = $1`;

/**
 * What a customer is told of their wallet, as it is now. Null for a request that was answered meanwhile. What people write to each other
 * stays in the wallet: a mail in the house's name carries no stranger's words or links. Throws where what it is about is not there.
 */
export async function readWalletNews(db: Queryable, { kind, data, since }: Wanted, links: MailLinks): Promise<WalletNews | null> {
  switch (kind) {
    case 'money_received': {
      const { walletId, person, asked, ...row } = await readRow(db, kind, RECEIVED, [data.transferId]);
      return { kind, ...basics(row), person, asked, url: links.wallet(walletId) };
    }
    case 'money_requested': {
      const { person, expiresAt, open, ...row } = await readRow(db, kind, REQUESTED, [data.requestId, since]);
      return open ? { kind, ...basics(row), person, expiresAt, url: links.moneyRequest(String(data.requestId)) } : null;
    }
    case 'bank_top_up': {
      const values = [data.customerId, data.creditedMinor, data.currency];
      const { walletId, ...row } = await readRow(db, kind, TOPPED_UP, values);
      return { kind, ...basics(row), url: links.wallet(walletId) };
    }
    case 'withdrawal_failed':
    case 'withdrawal_returned': {
      const { walletId, country, last4, closed, ...row } = await readRow(db, kind, WITHDRAWAL, [data.payoutId]);
      return { kind, ...basics(row), account: { country, last4 }, closed, url: links.wallet(walletId) };
    }
  }
}

const basics = ({ customerName, amountMinor, currency }: Pick<Row, 'customerName' | 'amountMinor' | 'currency'>) => ({
  customerName,
  amountMinor,
  currency,
});

async function readRow(db: Queryable, kind: WalletNews['kind'], text: string, values: readonly unknown[]): Promise<Row> {
  const { rows } = await db.query<Row>({ name: `mail-${kind}`, text, values: [...values] });
  if (!rows[0]) throw new Error('What the notice is about is not there');
  return rows[0];
}
