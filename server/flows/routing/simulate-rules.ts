import type pg from 'pg';
import { localTime } from '../../domains/routing/calendar.ts';
import { answerOf, priceOf } from '../../domains/routing/explain.ts';
import { modelOf, type Question } from '../../domains/routing/model.ts';
import {
  addOutcome,
  type Difference,
  isSameWay,
  type Load,
  noTotals,
  type Outcome,
  type ReplayResult,
  shelfBefore,
  usedBefore,
} from '../../domains/routing/replay.ts';
import { factsOf } from '../../domains/routing/rules.ts';
import type { RulesContent, SimulateRulesInput } from '../../domains/routing/schema.ts';
import * as routing from '../../domains/routing/service.ts';
import {
  addSimulations,
  endSimulation,
  type Simulation,
  takeSimulation,
  tellProgress,
} from '../../domains/routing/simulations.ts';
import { solveGreedily } from '../../domains/routing/solver-board.ts';
import { newId } from '../../kernel/ids.ts';
import { audit, job } from '../../platform/outbox.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { draftOf, type Editing, lockRulesOf, writeRulesOf } from './edit-rules.ts';
import { type PastOrder, readDays, readNodes, readPastOrders, readShelves, type Shelf } from './replay-reads.ts';
import { type Router, skusOf } from './router.ts';

/**
 * Replays a draft over past orders: each as if it were confirmed again when it was, with what lay at the shelves then and the nodes as they
 * are described today; beside what really happened and what the rules in force would do. Carried out by a job, a search at a time in the
 * router's thread; nothing but its own row is written.
 */
export interface StartedSimulation {
  readonly simulationId: string;
}

interface Starting extends Editing {
  readonly started: Parameters<typeof addSimulations>[1][number][];
}

function start(world: Starting, { input, ctx }: Request<SimulateRulesInput>): StartedSimulation {
  const draft = draftOf(world, input);
  const id = newId();
  const { merchantId, lastOrders } = input;
  world.started.push({
    id,
    merchantId,
    rules: draft.content,
    lastOrders,
    lastDays: input.lastDays ?? null,
    ruleSetId: draft.id,
    startedBy: ctx.actor,
    at: ctx.now,
  });
  world.applied++;
  job(world.outbox, { task: 'simulate-routing', payload: { simulationId: id }, jobKey: `simulation:${id}` });
  const after = { number: draft.number, lastOrders, lastDays: input.lastDays ?? null };
  audit(world.outbox, { action: 'routing_rules.simulated', entity: 'routing_rules', entityId: draft.id, merchantId, after }, ctx);
  return { simulationId: id };
}

export const simulateRules: Verb<SimulateRulesInput, Starting, StartedSimulation> = {
  name: 'simulate-routing-rules',
  lock: async (tx, requests) => ({ ...(await lockRulesOf(tx, requests)), started: [] }),
  decide: start,
  async write(tx, world) {
    await addSimulations(tx, world.started);
    await writeRulesOf(tx, world);
  },
};

const DAY_MS = 86_400_000;

/** Orders between two words about how far it is. */
const TOLD_EVERY = 20;
/** Differences that are kept to be looked at one by one. */
const SHOWN = 100;

interface Setting {
  readonly nodes: Omit<Question['nodes'][number], 'used'>[];
  readonly shelves: ReadonlyMap<string, Shelf>;
  /** What was counted on each node’s day, by `node:day`. */
  readonly days: ReadonlyMap<string, readonly Load[]>;
  readonly skus: Question['skus'];
}

/** The question that an order was: the shelves as they were, and what nodes with a capacity had taken of their day by then. */
function questionOf(order: PastOrder, { nodes, shelves, days, skus }: Setting, rules: RulesContent | null): Question {
  const moment = order.confirmedAt.getTime();
  const own = new Set(order.units.map((unit) => unit.skuId));
  const stock: Record<string, { free: number; safety: number }> = {};
  for (const [key, shelf] of shelves) {
    if (!own.has(key.slice(0, key.indexOf(':')))) continue;
    const then = shelfBefore(shelf, shelf.changes, moment);
    if (then.free + then.safety > 0) stock[key] = then;
  }
  return {
    now: order.confirmedAt.toISOString(),
    channel: order.channel,
    to: order.shipTo?.country ? { country: order.shipTo.country, postalCode: order.shipTo.postalCode ?? '' } : null,
    promisedBy: order.promisedBy,
    pieces: order.units.map(({ lineId, skuId, from, to }) => ({ lineId, skuId, from, to, barred: [] })),
    skus: Object.fromEntries([...own].map((skuId) => [skuId, skus[skuId] ?? { grams: 0, tags: [] }])),
    nodes: nodes.map((node) => {
      const { day } = localTime(order.confirmedAt, node.facts.timeZone);
      return { ...node, used: usedBefore(days.get(`${node.id}:${day}`) ?? [], node.facts.capacityUnit, moment, order.id) };
    }),
    stock,
    rules,
    inUse: [],
  };
}

async function outcomeOf(question: Question, router: Router): Promise<Outcome> {
  const solved = await router.ask(question);
  if (solved) return { ...solved.answer.explanation };
  const model = modelOf(question);
  return { ...answerOf(question, model, solveGreedily(model.problem)).explanation };
}

const slim = ({ legs, costMinor, missing }: Outcome): Outcome => ({
  legs: legs.map(({ nodeId, code, units, parcels, lateDays }) => ({ nodeId, code, units, parcels, lateDays })),
  costMinor,
  missing,
});

async function replay(pool: pg.Pool, router: Router, simulation: Simulation, signal?: AbortSignal): Promise<ReplayResult> {
  const { merchantId } = simulation;
  const config = await routing.readConfig(pool, merchantId);
  const { nodes, currency } = await readNodes(pool, merchantId);
  const { lastOrders, lastDays } = simulation;
  const from = lastDays === null ? null : new Date(Date.now() - lastDays * DAY_MS);
  const orders = await readPastOrders(pool, merchantId, lastOrders, from);
  const units = orders.flatMap((order) => order.units.map((unit) => ({ ...unit, barred: [] })));
  const since = new Date(Math.min(Date.now(), ...orders.map((order) => order.confirmedAt.getTime())));
  const setting: Setting = {
    skus: await skusOf(pool, units),
    shelves: await readShelves(pool, [...new Set(units.map((unit) => unit.skuId))], since),
    days: await readDays(pool, merchantId, since),
    nodes: nodes.map((node) => ({ ...node, facts: factsOf(config.settings.get(node.id)) })),
  };
  const totals = { happened: noTotals(), active: noTotals(), draft: noTotals() };
  const differences: Difference[] = [];
  const active = config.active?.content ?? null;
  for (const [at, order] of orders.entries()) {
    if (signal?.aborted) throw new Error('The process is stopping');
    const question = questionOf(order, setting, active);
    const happened = { ...priceOf(question, modelOf(question), [...order.units]), missing: 0 };
    const asActive = await outcomeOf(question, router);
    const asDraft = await outcomeOf({ ...question, rules: simulation.rules }, router);
    addOutcome(totals.happened, happened);
    addOutcome(totals.active, asActive);
    addOutcome(totals.draft, asDraft);
    if (!isSameWay(asActive, asDraft))
      differences.push({
        orderId: order.id,
        number: order.number,
        happened: slim(happened),
        active: slim(asActive),
        draft: slim(asDraft),
      });
    if (at % TOLD_EVERY === 0) await tellProgress(pool, simulation.id, at, orders.length);
  }
  await tellProgress(pool, simulation.id, orders.length, orders.length);
  const gap = ({ active: a, draft: d }: Difference): number => Math.abs(a.costMinor - d.costMinor);
  return {
    currency,
    ...totals,
    differing: differences.length,
    differences: differences.sort((a, b) => gap(b) - gap(a)).slice(0, SHOWN),
  };
}

/** Carries a replay out, once: what its job does. Its process may die anywhere; the next one begins it anew. */
export async function runSimulation(pool: pg.Pool, router: Router, id: string, signal?: AbortSignal): Promise<void> {
  const simulation = await takeSimulation(pool, id);
  if (!simulation) return;
  try {
    await endSimulation(pool, id, { result: await replay(pool, router, simulation, signal) }, new Date());
  } catch (error) {
    if (signal?.aborted) throw error;
    await endSimulation(pool, id, { error: error instanceof Error ? error.message : String(error) }, new Date());
  }
}
