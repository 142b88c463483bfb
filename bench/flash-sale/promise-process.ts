import { readFileSync, writeFileSync } from 'node:fs';
import { promiser } from './contenders.ts';
import type { PromisePlan, PromiseRecord } from './promises.ts';

/** One process of callers in a closed loop: `node promise-process.ts <plan.json> <record.json>`. */
const [planFile, recordFile] = process.argv.slice(2) as [string, string];
const plan = JSON.parse(readFileSync(planFile, 'utf8')) as PromisePlan;
const { one, close } = promiser(plan.contender, plan.url, plan.connections, plan);

const from = performance.now() + plan.warmupSeconds * 1_000;
const until = from + plan.seconds * 1_000;
const latenciesMs: number[] = [];
let acknowledged = 0;
let lastAt = from;

async function caller(): Promise<void> {
  for (;;) {
    const sentAt = performance.now();
    if (sentAt >= until) return;
    await one();
    acknowledged++;
    const now = performance.now();
    if (now <= from || now > until) continue;
    latenciesMs.push(now - sentAt);
    lastAt = now;
  }
}

await Promise.all(Array.from({ length: plan.callers }, caller));
await close();
const record: PromiseRecord = { counted: latenciesMs.length, elapsedMs: Math.max(1, lastAt - from), latenciesMs, acknowledged };
writeFileSync(recordFile, JSON.stringify(record));
