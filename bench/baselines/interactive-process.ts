import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import pg from 'pg';
import { newId } from '../../server/kernel/ids.ts';
import {
  ADD_JOBS,
  insertOne,
  LOCK_SUPPLY,
  LOOK_UP_CUSTOMER,
  LOOK_UP_SKUS,
  NEXT_NUMBER,
  PROMISE,
  STORE_OUTCOME,
  type Statement,
} from './order-sql.ts';
import { mint, type OrderTemplate } from './order-template.ts';

/**
 * The way most shops are written: an HTTP server whose handler opens a transaction, locks the stock, writes the order's rows one
 * statement per table, and commits. Prepared statements, the same rows as the product, no validation, no authentication, no limits: what
 * it leaves out makes it faster. `node interactive-process.ts <template.json> <database url> <port> <pool size>`.
 */
const [file, url, port, size] = process.argv.slice(2) as [string, string, string, string];
const { template, merchantId } = JSON.parse(readFileSync(file, 'utf8')) as {
  template: OrderTemplate;
  merchantId: string;
};
/** The bench's one region. */
const region = 'EU';
const pool = new pg.Pool({ connectionString: url, max: Number(size) });
const shared = new Set([merchantId]);
const inserts = template.tables.map((table) => ({ table, statement: insertOne(table) }));

interface Asked {
  readonly customer: { readonly email: string };
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
}

async function place(asked: Asked, key: string): Promise<string> {
  const client = await pool.connect();
  const run = (statement: Statement, values: readonly unknown[]) => client.query({ ...statement, values: [...values] });
  try {
    await client.query('BEGIN');
    const codes = asked.lines.map(({ sku }) => sku);
    const ids = mint(shared);
    const claim = template.tables[0]?.rows[0] as Record<string, string | null>;
    const [keys, ...rest] = inserts;
    if (!keys) throw new Error('The template has no idempotency key');
    await run(
      keys.statement,
      keys.table.columns.map(({ name }) => (name === 'key' ? key : (claim[name] ?? null))),
    );
    const skus = await run(LOOK_UP_SKUS, [merchantId, codes]);
    const customer = await run(LOOK_UP_CUSTOMER, [asked.customer.email]);
    const wanted = skus.rows.map(({ id, code }: { id: string; code: string }) => ({
      id,
      quantity: asked.lines.find((line) => line.sku === code)?.quantity ?? 1,
    }));
    const supply = await run(LOCK_SUPPLY, [wanted.map(({ id }) => id), region]);
    for (const row of supply.rows as { sku_id: string; sellable: string; promised: string }[]) {
      const quantity = wanted.find(({ id }) => id === row.sku_id)?.quantity ?? 0;
      if (Number(row.promised) + quantity > Number(row.sellable)) throw new Error('out of stock');
    }
    await run(PROMISE, [wanted.map(({ id }) => id), wanted.map(({ quantity }) => quantity), region]);
    const number = await run(NEXT_NUMBER, []);
    const versions = (supply.rows as { sku_id: string; version: string }[]).map((row) => ({
      id: row.sku_id,
      version: Number(row.version) + 1,
    }));
    for (const { table, statement } of rest) {
      const values = table.rows.flatMap((row, index) =>
        table.columns.map(({ name }) => {
          const sku = versions[index % versions.length];
          if (name === 'number') return `EU-B${(number.rows[0] as { number: string }).number}`;
          if (name === 'customer_id') return (customer.rows[0] as { id: string } | undefined)?.id ?? null;
          if (name === 'sku_id' && sku) return sku.id;
          if (name === 'supply_version' && sku) return sku.version;
          const value = row[name];
          return value == null ? null : ids.fresh(value);
        }),
      );
      await run(statement, values);
    }
    await run(ADD_JOBS, [ids.fresh(JSON.stringify(template.jobs.map((job) => ({ ...job, max_attempts: 10 }))))]);
    const answer = ids.fresh(claim.outcome ?? '{}');
    await run(STORE_OUTCOME, [claim.principal, claim.operation, key, answer]);
    await client.query('COMMIT');
    return answer;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

async function bodyOf(req: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as Asked;
}

createServer((req, res) => {
  bodyOf(req)
    .then((asked) => place(asked, String(req.headers['idempotency-key'] ?? newId())))
    .then(
      (answer) => {
        const text = JSON.stringify((JSON.parse(answer) as { ok: object }).ok);
        res.writeHead(201, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
        res.end(text);
      },
      (error: unknown) => {
        res.writeHead(500, { 'Content-Length': 0 });
        res.end();
        console.error(error);
      },
    );
}).listen(Number(port), '127.0.0.1', () => console.log('interactive: ready'));
process.on('SIGTERM', () => process.exit(0));
