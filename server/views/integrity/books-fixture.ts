import type pg from 'pg';
import { newId } from '../../kernel/ids.ts';

/** A row as a test writes it; amounts are plain numbers of minor units. */
export type Row = Record<string, unknown>;
type Side = 'debit' | 'credit';

export const AT = '2026-11-22T10:00:00.000Z';
export const REGION = 'EU';

export interface Account extends Row {
  readonly id: string;
  readonly normal_side: Side;
  debits_posted: number;
  credits_posted: number;
  debits_pending: number;
  credits_pending: number;
  version: number;
}

/** The order that a posting belongs to. */
interface Owing {
  readonly id: string;
  receivable_minor: number;
}

/** Rows of stock and ledger with counters, versions and running balances kept by hand. */
export class Books {
  readonly tables = new Map<string, Row[]>();
  readonly merchantId = newId();
  readonly customerId = newId();
  readonly nodeId = newId();
  readonly accounts = new Map<string, Account>();
  readonly skus = new Map<string, string>();
  private readonly supply = new Map<string, Row>();
  private readonly stock = new Map<string, Row>();

  constructor() {
    this.add('merchants', {
      id: this.merchantId,
      home: REGION,
      slug: 'm',
      name: 'M',
      currency: 'EUR',
      country: 'DE',
      created_at: AT,
    });
    this.add('customers', { id: this.customerId, email: 'c@example.com', email_normalized: 'c@example.com', created_at: AT });
    const node = {
      id: this.nodeId,
      merchant_id: this.merchantId,
      home: REGION,
      code: 'N1',
      name: 'N1',
      kind: 'warehouse',
      created_at: AT,
    };
    this.add('nodes', node);
  }

  /** Remembers a row for `insert`. Columns left out take their defaults. */
  add<T extends Row>(table: string, row: T): T {
    const rows = this.tables.get(table) ?? [];
    this.tables.set(table, rows);
    rows.push(row);
    return row;
  }

  sku(code: string, stocked = true): string {
    const known = this.skus.get(code);
    if (known) return known;
    const id = newId();
    this.skus.set(code, id);
    this.add('skus', {
      id,
      merchant_id: this.merchantId,
      code,
      name: code,
      stocked,
      price: 10,
      currency: 'EUR',
      created_at: AT,
      updated_at: AT,
    });
    return id;
  }

  /** What may be promised of a SKU that has moved. */
  supplyOf(code: string): Row {
    const row = this.supply.get(code);
    if (!row) throw new Error(`${code} has not moved`);
    return row;
  }

  /** One movement: its deltas change the supply row, and the node's row where it names any of the node's counters. */
  move(code: string, kind: string, deltas: Record<string, number>, extra: Row = {}): void {
    const sku_id = this.sku(code);
    const base = { sku_id, merchant_id: this.merchantId, region: REGION };
    const supply = this.supply.get(code) ?? this.add('sku_supply', { ...base, version: 0 });
    this.supply.set(code, supply);
    const touches = (columns: readonly string[]) => columns.some((column) => (deltas[column] ?? 0) !== 0);
    const bump = (row: Row, columns: readonly string[]) => {
      if (!touches(columns)) return null;
      for (const column of columns) row[column] = Number(row[column] ?? 0) + (deltas[column] ?? 0);
      row.version = Number(row.version) + 1;
      return row.version;
    };
    const supply_version = bump(supply, ['sellable', 'promised', 'limit_over', 'shortfall']);
    const nodeColumns = ['on_hand', 'allocated', 'safety', 'short'];
    let node: Row = { node_id: null, node_version: null };
    if (touches(nodeColumns)) {
      const stock = this.stock.get(code) ?? this.add('node_stock', { ...base, node_id: this.nodeId, version: 0 });
      this.stock.set(code, stock);
      node = { node_id: this.nodeId, node_version: bump(stock, nodeColumns) };
    }
    const columns = Object.entries(deltas).map(([name, delta]) => [`${name === 'limit_over' ? 'limit' : name}_delta`, delta]);
    const row = {
      id: newId(),
      ...base,
      kind,
      ...Object.fromEntries(columns),
      ...node,
      supply_version,
      actor: 'system:test',
      trace_id: 't',
      at: AT,
    };
    this.add('stock_movements', { ...row, ...extra });
  }

  account(kind: string, normal_side: Side, currency = 'EUR'): Account {
    const code = `${kind}:${currency}`;
    const known = this.accounts.get(code);
    if (known) return known;
    const counters = { debits_posted: 0, credits_posted: 0, debits_pending: 0, credits_pending: 0, version: 0 };
    const account = {
      id: newId(),
      code,
      kind,
      home: REGION,
      merchant_id: this.merchantId,
      currency,
      normal_side,
      ...counters,
      created_at: AT,
    };
    this.accounts.set(code, account);
    return this.add('accounts', account);
  }

  get receivable() {
    return this.account('receivable', 'debit');
  }
  get payable() {
    return this.account('merchant_payable', 'credit');
  }
  get clearing() {
    return this.account('psp_clearing', 'debit');
  }

  /** One transfer with its effect on both accounts, the hold and the order's receivable. */
  transfer(
    kind: string,
    phase: string,
    debit: Account,
    credit: Account,
    amount: number,
    order: Owing | null,
    extra: Row = {},
  ): string {
    const id = newId();
    const posted = phase === 'single' || phase === 'post';
    debit.version += 1;
    credit.version += 1;
    if (posted) {
      debit.debits_posted += amount;
      credit.credits_posted += amount;
    }
    if (phase !== 'single') {
      debit.debits_pending += phase === 'pending' ? amount : -amount;
      credit.credits_pending += phase === 'pending' ? amount : -amount;
    }
    const balance = (a: Account) => (a.normal_side === 'debit' ? 1 : -1) * (a.debits_posted - a.credits_posted);
    if (order && posted) {
      if (debit.kind === 'receivable') order.receivable_minor += amount;
      if (credit.kind === 'receivable') order.receivable_minor -= amount;
    }
    const versions = { debit_version: debit.version, credit_version: credit.version };
    const balances = { debit_balance_minor: balance(debit), credit_balance_minor: balance(credit) };
    const sides = { debit_account: debit.id, credit_account: credit.id, amount_minor: amount, currency: debit.currency };
    const row = { id, journal_id: newId(), kind, phase, ...sides, order_id: order?.id ?? null, ...versions, ...balances };
    this.add('transfers', { ...row, actor: 'system:test', trace_id: 't', at: AT, ...extra });
    if (phase === 'pending') {
      const rest = { remaining_minor: amount, status: 'open', order_id: order?.id ?? null, created_at: AT };
      this.add('holds', {
        id,
        debit_account: debit.id,
        credit_account: credit.id,
        currency: debit.currency,
        amount_minor: amount,
        ...rest,
      });
    }
    return id;
  }

  protected releaseHold(id: string, amount: number, status: 'posted' | 'voided'): void {
    const hold = this.find('holds', id);
    hold.remaining_minor = Number(hold.remaining_minor) - amount;
    if (hold.remaining_minor === 0) hold.status = status;
  }

  find(table: string, id: unknown): Row {
    const row = this.tables.get(table)?.find((candidate) => candidate.id === id);
    if (!row) throw new Error(`The fixture has no ${table} ${String(id)}`);
    return row;
  }

  /** Writes everything with one statement per table and set of columns. */
  async insert(db: Pick<pg.Pool, 'query'>): Promise<void> {
    for (const [table, rows] of this.tables) {
      const groups = Map.groupBy(rows, (row) => Object.keys(row).join(', '));
      for (const [columns, group] of groups) {
        const json = JSON.stringify(group);
        await db.query(`INSERT INTO ${table} (${columns}) SELECT ${columns} FROM json_populate_recordset(NULL::${table}, $1)`, [
          json,
        ]);
      }
    }
  }
}
