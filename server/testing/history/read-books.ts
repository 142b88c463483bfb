import type pg from 'pg';
import type { Tx } from '../../platform/db.ts';
import { readSnapshot } from '../../platform/read-snapshot.ts';
import type { AccountChange, AccountTraits, Books, Entry, NodeChange, Observation, SupplyChange } from './history.ts';
import { nodeSeen, orderSeen, readAccounts, type SeenOrder, supplySeen } from './observations.ts';
import { operationOf, readOrderEntries } from './read-orders.ts';

/** Reads everything that happened from the append-only tables, and the rows as they stand, on one snapshot. */
export async function readBooks(pool: pg.Pool): Promise<Books> {
  return readSnapshot(pool, async (tx) => {
    const { supply, nodes } = await readMovements(tx);
    const orders = await readOrderEntries(tx);
    const rows = [...(await readStockRows(tx)), ...(await readAccounts(tx, null)), ...(await readOrderRows(tx))];
    return { supply, nodes, accounts: await readTransfers(tx), orders, traits: await readTraits(tx), rows };
  });
}

interface MovementRow {
  readonly sku: string;
  readonly node: string | null;
  readonly kind: string;
  readonly onHand: bigint;
  readonly allocated: bigint;
  readonly short: bigint;
  readonly sellable: bigint;
  readonly promised: bigint;
  readonly shortfall: bigint;
  readonly supplyVersion: bigint | null;
  readonly nodeVersion: bigint | null;
  readonly tx: string;
  readonly actor: string;
  readonly trace: string;
}

const MOVEMENTS = `
  SELECT k.code AS sku, n.code AS node, m.kind, m.on_hand_delta AS "onHand", m.allocated_delta AS allocated, m.short_delta AS short,
         m.sellable_delta AS sellable, m.promised_delta AS promised, m.shortfall_delta AS shortfall, m.supply_version AS "supplyVersion",
         m.node_version AS "nodeVersion", m.xid::text AS tx, m.actor, m.trace_id AS trace
  FROM stock_movements m JOIN skus k ON k.id = m.sku_id LEFT JOIN nodes n ON n.id = m.node_id`;

async function readMovements(tx: Tx): Promise<{ supply: Entry<SupplyChange>[]; nodes: Entry<NodeChange>[] }> {
  const supply: Entry<SupplyChange>[] = [];
  const nodes: Entry<NodeChange>[] = [];
  const { rows } = await tx.query<MovementRow>(MOVEMENTS);
  for (const row of rows) {
    const made = { tx: row.tx, operation: operationOf(row) };
    const [onHand, allocated, short] = [Number(row.onHand), Number(row.allocated), Number(row.short)];
    const [sellable, promised, shortfall] = [Number(row.sellable), Number(row.promised), Number(row.shortfall)];
    if (row.supplyVersion !== null)
      supply.push({
        ...made,
        object: `supply:${row.sku}`,
        version: Number(row.supplyVersion),
        change: { kind: row.kind, sellable, promised, shortfall },
      });
    if (row.nodeVersion !== null)
      nodes.push({
        ...made,
        object: `node:${row.sku}@${row.node}`,
        version: Number(row.nodeVersion),
        change: { kind: row.kind, onHand, allocated, short },
      });
  }
  return { supply, nodes };
}

interface TransferRow {
  readonly debit: string;
  readonly credit: string;
  readonly phase: string;
  readonly amount: bigint;
  readonly debitVersion: bigint;
  readonly creditVersion: bigint;
  readonly debitBalance: bigint;
  readonly creditBalance: bigint;
  readonly tx: string;
  readonly actor: string;
  readonly trace: string;
}

const TRANSFERS = `
  SELECT d.code AS debit, c.code AS credit, t.phase, t.amount_minor AS amount, t.debit_version AS "debitVersion",
         t.credit_version AS "creditVersion", t.debit_balance_minor AS "debitBalance", t.credit_balance_minor AS "creditBalance",
         t.xid::text AS tx, t.actor, t.trace_id AS trace
  FROM transfers t JOIN accounts d ON d.id = t.debit_account JOIN accounts c ON c.id = t.credit_account`;

async function readTransfers(tx: Tx): Promise<Entry<AccountChange>[]> {
  const { rows } = await tx.query<TransferRow>(TRANSFERS);
  return rows.flatMap((row) => {
    const made = { tx: row.tx, operation: operationOf(row) };
    const moved = { phase: row.phase, amountMinor: Number(row.amount) };
    return [
      {
        ...made,
        object: `account:${row.debit}`,
        version: Number(row.debitVersion),
        change: { ...moved, side: 'debit', balanceMinor: Number(row.debitBalance) },
      },
      {
        ...made,
        object: `account:${row.credit}`,
        version: Number(row.creditVersion),
        change: { ...moved, side: 'credit', balanceMinor: Number(row.creditBalance) },
      },
    ] satisfies Entry<AccountChange>[];
  });
}

async function readTraits(tx: Tx): Promise<Record<string, AccountTraits>> {
  const { rows } = await tx.query<AccountTraits & { code: string }>(
    `SELECT code, normal_side AS "normalSide", limited, kind FROM accounts`,
  );
  return Object.fromEntries(
    rows.map(({ code, normalSide, limited, kind }) => [`account:${code}`, { normalSide, limited, kind }]),
  );
}

type Counts<K extends string> = { readonly [name in K]: bigint };

async function readStockRows(tx: Tx): Promise<Observation[]> {
  const supply = await tx.query<Counts<'version' | 'sellable' | 'promised' | 'shortfall'> & { sku: string }>(
    'SELECT k.code AS sku, s.version, s.sellable, s.promised, s.shortfall FROM sku_supply s JOIN skus k ON k.id = s.sku_id',
  );
  const nodes = await tx.query<Counts<'version' | 'onHand' | 'allocated' | 'short'> & { sku: string; node: string }>(
    `SELECT k.code AS sku, n.code AS node, s.version, s.on_hand AS "onHand", s.allocated, s.short
     FROM node_stock s JOIN skus k ON k.id = s.sku_id JOIN nodes n ON n.id = s.node_id`,
  );
  return [...supply.rows.map((row) => supplySeen(row.sku, row)), ...nodes.rows.map((row) => nodeSeen(row.sku, row.node, row))];
}

const ORDERS = `
  SELECT o.id, o.version, o.status, o.total_minor AS "totalMinor", o.cancelled_minor AS "cancelledMinor",
         o.captured_minor AS "capturedMinor", o.refunded_minor AS "refundedMinor",
         (SELECT json_agg(json_build_object('id', l.id, 'spans',
            (SELECT json_agg(json_build_object('fromUnit', s.from_unit, 'toUnit', s.to_unit, 'state', s.state))
             FROM line_spans s WHERE s.line_id = l.id)))
          FROM order_lines l WHERE l.order_id = o.id) AS lines
  FROM orders o`;

async function readOrderRows(tx: Tx): Promise<Observation[]> {
  const { rows } = await tx.query<SeenOrder>(ORDERS);
  return rows.map(orderSeen);
}
