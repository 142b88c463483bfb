import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type pg from 'pg';

const CLI = join(import.meta.dirname, '../import.ts');
/** Where the database and the providers are is the test's to say, not the environment's. */
const SAID_BY_THE_TEST = ['DATABASE_URL', 'DATABASE_OWNER_URL', 'PSP_URL', 'CARRIER_URL'];

/** `npm run import` as a process of its own. */
export interface ImportProcess {
  readonly pid: number;
  readonly output: () => string;
  /** Its exit code; null where it was killed. */
  readonly ended: Promise<number | null>;
  kill(): Promise<void>;
}

export function startImport(options: {
  readonly data: string;
  readonly files: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}): ImportProcess {
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !SAID_BY_THE_TEST.includes(name)));
  const child = spawn(process.execPath, [CLI, '--data', options.data, '--format', 'online-retail', ...options.files], {
    env: { ...inherited, NODE_ENV: 'test', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    pid: child.pid as number,
    output: () => output,
    ended,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Kills the import once `reached` says so. False where it ended before. */
export async function killWhen(process: ImportProcess, reached: () => Promise<boolean>, lookEveryMs: number): Promise<boolean> {
  const over = process.ended.then(() => true);
  while (!(await reached())) {
    const pause = new Promise<false>((resolve) => setTimeout(() => resolve(false), lookEveryMs));
    if (await Promise.race([over, pause])) return false;
  }
  await process.kill();
  return true;
}

/** The same numbers for the same seed (mulberry32), each in 0…1. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const BOOKS: Readonly<Record<string, string>> = {
  buckets: `SELECT bucket, count(*) AS lines, count(DISTINCT order_id) AS orders, sum(source_amount) AS source, sum(ledger_minor) AS ledger,
                   sum(price_variance) AS variance, sum(rounding) AS rounding, sum(unmatched) AS unmatched
            FROM import_lines GROUP BY 1 ORDER BY 1`,
  lines: `SELECT md5(string_agg(concat_ws('|', file, line, bucket, ledger_minor, price_variance, rounding, unmatched, reason), E'\\n'
                                ORDER BY file, line)) AS digest FROM import_lines`,
  transfers: 'SELECT kind, phase, count(*) AS n, sum(amount_minor) AS minor FROM transfers GROUP BY 1, 2 ORDER BY 1, 2',
  accounts: `SELECT kind, sum(debits_posted) AS debits, sum(credits_posted) AS credits, sum(debits_pending) AS debits_pending,
                    sum(credits_pending) AS credits_pending FROM accounts GROUP BY 1 ORDER BY 1`,
  stock: `SELECT count(*) AS skus, md5(string_agg(concat_ws('|', s.code, n.on_hand, n.allocated, n.version, u.sellable, u.promised, u.version), E'\\n'
                                ORDER BY s.code)) AS digest
          FROM skus s LEFT JOIN node_stock n ON n.sku_id = s.id LEFT JOIN sku_supply u ON u.sku_id = s.id`,
  movements: `SELECT kind, count(*) AS n, sum(on_hand_delta) AS on_hand, sum(allocated_delta) AS allocated, sum(promised_delta) AS promised
              FROM stock_movements GROUP BY 1 ORDER BY 1`,
  orders: `SELECT status, payment_status, fulfilment_status, count(*) AS n, sum(total_minor) AS total, sum(refunded_minor) AS refunded
           FROM orders GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
  refunds: 'SELECT status, count(*) AS n, sum(amount_minor) AS minor FROM refunds GROUP BY 1 ORDER BY 1',
  operations:
    'SELECT kind, status, count(*) AS n, sum(amount_minor) AS minor FROM payment_operations GROUP BY 1, 2 ORDER BY 1, 2',
  events: `SELECT count(*) AS orders, md5(string_agg(told, E'\\n' ORDER BY told)) AS digest
           FROM (SELECT o.external_id || ': ' || string_agg(e.type, ', ' ORDER BY e.aggregate_version) AS told
                 FROM orders o JOIN events e ON e.aggregate_id = o.id GROUP BY o.external_id) AS per_order`,
};

/** What an import leaves, without the ids and times that differ from run to run: two that read the same files left the same. */
export async function booksOf(pool: pg.Pool): Promise<Record<string, unknown>> {
  const books: Record<string, unknown> = {};
  for (const [name, sql] of Object.entries(BOOKS)) books[name] = (await pool.query(sql)).rows;
  return books;
}
