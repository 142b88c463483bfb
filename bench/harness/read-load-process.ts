import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { drawFrom } from './draw.ts';
import type { ReadPlan, ReadRecord, ReadRequest } from './read-load.ts';

/** The readers, over keep-alive connections on loopback. */
const [planFile, recordFile] = process.argv.slice(2) as [string, string];
const plan = JSON.parse(readFileSync(planFile, 'utf8')) as ReadPlan;

const agent = new Agent({ keepAlive: true, maxSockets: plan.connections });
const byKind = Map.groupBy(plan.requests, (request) => request.kind);
/** Each kind as often as it weighs. */
const kinds = Object.entries(plan.weights).flatMap(([kind, weight]) => Array.from({ length: weight }, () => kind));
const draw = drawFrom(plan.seed);
const latenciesMs: Record<string, number[]> = Object.fromEntries(Object.keys(plan.weights).map((kind) => [kind, []]));
const refused: Record<string, number> = {};

function next(): ReadRequest {
  const requests = byKind.get(kinds[draw(kinds.length)] as string) as ReadRequest[];
  return requests[draw(requests.length)] as ReadRequest;
}

function ask({ path, headers }: ReadRequest): Promise<number> {
  return new Promise((resolve, reject) => {
    get({ agent, host: '127.0.0.1', port: plan.port, path, headers }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode ?? 0));
    }).once('error', reject);
  });
}

const until = performance.now() + plan.seconds * 1_000;

async function reader(): Promise<void> {
  while (performance.now() < until) {
    const request = next();
    const sentAt = performance.now();
    const status = await ask(request);
    if (status === 200) latenciesMs[request.kind]?.push(performance.now() - sentAt);
    else refused[`${status} ${request.path}`] = (refused[`${status} ${request.path}`] ?? 0) + 1;
  }
}

await Promise.all(Array.from({ length: plan.connections }, reader));
writeFileSync(recordFile, JSON.stringify({ latenciesMs, refused } satisfies ReadRecord));
process.exit(0);
