import { readFileSync, writeFileSync } from 'node:fs';
import { drawFrom } from '../harness/draw.ts';
import { contender, type Transfer } from './contenders.ts';
import type { TransferPlan, TransferRecord } from './load.ts';

/** One process of callers in a closed loop: `node load-process.ts <plan.json> <record.json>`. */
const [planFile, recordFile] = process.argv.slice(2) as [string, string];
const plan = JSON.parse(readFileSync(planFile, 'utf8')) as TransferPlan;
const { post, close } = contender(plan.contender, plan.url, plan.connections);
const draw = drawFrom(plan.seed);
const [hot, other, ...rest] = plan.accounts as [string, string, ...string[]];

function pair(): { debit: string; credit: string } {
  const cold = rest[draw(rest.length)] as string;
  if (plan.shape === 'hot_credits') return { debit: cold, credit: hot };
  if (plan.shape === 'hot_debits') return { debit: hot, credit: cold };
  if (plan.shape === 'hot_pair') return draw(2) === 0 ? { debit: hot, credit: other } : { debit: other, credit: hot };
  for (;;) {
    const second = rest[draw(rest.length)] as string;
    if (second !== cold) return { debit: cold, credit: second };
  }
}

const transfer = (): Transfer => ({ ...pair(), amountMinor: BigInt(1 + draw(100)), currency: plan.currency });

const from = performance.now() + plan.warmupSeconds * 1_000;
const until = from + plan.seconds * 1_000;
const latenciesMs: number[] = [];
let acknowledged = 0;
let lastAt = from;

async function caller(): Promise<void> {
  for (;;) {
    const sentAt = performance.now();
    if (sentAt >= until) return;
    await post(transfer());
    acknowledged++;
    const now = performance.now();
    if (now <= from || now > until) continue;
    latenciesMs.push(now - sentAt);
    lastAt = now;
  }
}

await Promise.all(Array.from({ length: plan.callers }, caller));
await close();
const record: TransferRecord = { counted: latenciesMs.length, elapsedMs: Math.max(1, lastAt - from), latenciesMs, acknowledged };
writeFileSync(recordFile, JSON.stringify(record));
