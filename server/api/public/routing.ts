import { z } from 'zod';
import type { Totals } from '../../domains/routing/replay.ts';
import { NODE_KINDS, type RoutingRule, type RulesContent, rulesContent } from '../../domains/routing/schema.ts';
import { DomainError } from '../../kernel/errors.ts';
import { SALES_CHANNELS } from '../../kernel/vocabulary.ts';
import { type RuleSetRow, readRules, readSimulation } from '../../views/routing.ts';
import type { ApiContext } from '../context.ts';
import { procedure, router } from '../trpc.ts';
import { amount, id, time, timeOrNull, words } from './fields.ts';
import { exchangeOf, operation, perform } from './operation.ts';

const TAG = 'Routing';

const when = z.strictObject({
  channels: z.array(z.enum(SALES_CHANNELS)).max(SALES_CHANNELS.length),
  countries: z.array(words(2)).max(250),
  sku_tags: z.array(words(40)).max(50),
  min_grams: z.int().min(0).nullable(),
  max_grams: z.int().min(0).nullable(),
});
const targets = { nodes: z.array(words(40)).max(100), kinds: z.array(z.enum(NODE_KINDS)).max(NODE_KINDS.length) };
const effect = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('prefer'), ...targets, discount_minor: amount }),
  z.strictObject({ type: z.literal('exclude'), ...targets }),
  z.strictObject({ type: z.literal('stores_off') }),
  z.strictObject({ type: z.literal('max_nodes'), count: z.int().min(1).max(50) }),
  z.strictObject({ type: z.literal('no_split') }),
  // Absent: as it is for every order.
  z.strictObject({ type: z.literal('penalties'), split_minor: amount.optional(), late_day_minor: amount.optional() }),
]);
const rule = z.strictObject({ name: words(80), active: z.boolean(), when, effect });
const content = {
  split_minor: amount.meta({ description: 'What each node beyond the first costs an order.' }),
  late_day_minor: amount.meta({ description: 'What each day behind the promise costs.' }),
  rules: z
    .array(rule)
    .max(100)
    .meta({ description: 'In order. Every condition that is given must hold; an empty one holds always.' }),
};

const version = z
  .object({
    number: z.int(),
    version: z.int(),
    ...content,
    note: z.string().nullable(),
    created_at: z.iso.datetime(),
    activated_at: z.iso.datetime().nullable(),
  })
  .meta({ id: 'RoutingRules' });

const snake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const camel = (name: string): string => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** Names of fields only: what rules name (nodes, tags, words) stays as it is. */
function renamed(value: unknown, name: (field: string) => string): unknown {
  if (Array.isArray(value)) return value.map((one) => renamed(one, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([field, each]) => [name(field), renamed(each, name)]));
}

function ruleOf(one: RoutingRule): z.infer<typeof rule> {
  const shown = renamed(one, snake) as Omit<z.infer<typeof rule>, 'effect'> & { effect: Record<string, unknown> };
  const said = Object.entries(shown.effect).filter(([, value]) => value !== null);
  return { ...shown, effect: Object.fromEntries(said) as z.infer<typeof effect> };
}

const contentOf = ({ splitMinor, lateDayMinor, rules }: RulesContent) => ({
  split_minor: splitMinor,
  late_day_minor: lateDayMinor,
  rules: rules.map(ruleOf),
});
const versionOf = (row: RuleSetRow): z.infer<typeof version> => ({
  number: row.number,
  version: row.version,
  ...contentOf(row.content),
  note: row.note,
  created_at: time(row.createdAt),
  activated_at: timeOrNull(row.activatedAt),
});

function parsed({ rules, ...sent }: { readonly rules: readonly z.infer<typeof rule>[] }): RulesContent {
  const whole = rules.map((one) =>
    one.effect.type === 'penalties' ? { ...one, effect: { split_minor: null, late_day_minor: null, ...one.effect } } : one,
  );
  const read = rulesContent.safeParse(renamed({ ...sent, rules: whole }, camel));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new DomainError('invalid_request', issue?.message ?? 'These rules cannot be read.', {
    field: issue?.path.map((part) => snake(String(part))).join('.'),
  });
}

const seen = z.int().min(0).meta({ description: 'The draft’s version as you read it; 0 where there is none.' });
const saved = z.object({ number: z.int(), version: z.int() }).meta({ id: 'SavedRoutingRules' });

type Scoped = ApiContext & { readonly scope: { readonly merchantId: string | null; readonly customerId: string | null } };
const merchantOf = ({ scope }: Scoped): string => scope.merchantId ?? '';

const figures = z
  .object({
    orders: z.int(),
    cost_minor: amount,
    further_nodes: z.int(),
    parcels: z.int(),
    late_orders: z.int(),
    late_days: z.int(),
    missing: z.int(),
  })
  .meta({ id: 'RoutingFigures' });
const figuresOf = (totals: Totals): z.infer<typeof figures> => ({
  orders: totals.orders,
  cost_minor: totals.costMinor,
  further_nodes: totals.splits,
  parcels: totals.parcels,
  late_orders: totals.lateOrders,
  late_days: totals.lateDays,
  missing: totals.missing,
});
const simulation = z
  .object({
    id,
    number: z.int().meta({ description: 'Of the draft that is replayed.' }),
    status: z.enum(['queued', 'running', 'done', 'failed']),
    progress: z.int(),
    total: z.int(),
    error: z.string().nullable(),
    created_at: z.iso.datetime(),
    finished_at: z.iso.datetime().nullable(),
    result: z
      .object({ currency: z.string(), happened: figures, active: figures, draft: figures, differing: z.int() })
      .nullable()
      .meta({ description: 'Once it is done.' }),
  })
  .meta({ id: 'RoutingSimulation' });

/** By which rules orders find their nodes. */
export const routingRouter = router({
  rules: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/routing/rules',
        id: 'getRoutingRules',
        tag: TAG,
        summary: 'Get the rules in force and the draft',
      }),
    )
    .input(z.strictObject({}))
    .output(z.object({ active: version.nullable(), draft: version.nullable() }).meta({ id: 'RoutingRuleVersions' }))
    .query(async ({ ctx }) => {
      const { versions } = await readRules(ctx.pool, ctx.scope, merchantOf(ctx));
      const of = (status: RuleSetRow['status']) => versions.find((one) => one.status === status);
      const [active, draft] = [of('active'), of('draft')];
      return { active: active ? versionOf(active) : null, draft: draft ? versionOf(draft) : null };
    }),

  saveDraft: procedure
    .meta(
      operation({
        method: 'PUT',
        path: '/routing/rules/draft',
        id: 'saveRoutingDraft',
        tag: TAG,
        summary: 'Write the draft of the next rules',
        description: 'All rules as they shall be. Nothing is planned by a draft until it is put in force.',
        example: { version: 0, split_minor: 300, late_day_minor: 200, rules: [] },
        refuses: ['conflict'],
      }),
    )
    .input(z.strictObject({ version: seen, note: words(300).optional(), ...content }))
    .output(saved)
    .mutation(async ({ ctx, input }) => {
      const { version: read, note, ...sent } = input;
      const wish = { merchantId: merchantOf(ctx), version: BigInt(read), content: parsed(sent), ...(note ? { note } : {}) };
      const done = await perform(ctx, ctx.app.flows.routing.saveDraft, wish);
      return { number: done.number, version: done.version };
    }),

  promote: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/routing/rules/draft/promotion',
        id: 'promoteRoutingDraft',
        tag: TAG,
        summary: 'Put the draft in force',
        description: 'The rules before it are kept. Orders that wait are planned by the new ones.',
        example: { version: 1, reason: 'Cheaper by 4 % over the last month' },
        refuses: ['not_found', 'conflict', 'state_refuses'],
      }),
    )
    .input(z.strictObject({ version: seen, reason: words(300) }))
    .output(saved)
    .mutation(async ({ ctx, input }) => {
      const wish = { merchantId: merchantOf(ctx), version: BigInt(input.version), reason: input.reason };
      const done = await perform(ctx, ctx.app.flows.routing.promote, wish);
      return { number: done.number, version: done.version };
    }),

  simulate: procedure
    .meta(
      operation({
        method: 'POST',
        path: '/routing/simulations',
        id: 'startRoutingSimulation',
        tag: TAG,
        summary: 'Replay the draft over past orders',
        description: 'It runs beside everything else and changes nothing; its figures are read with its id.',
        status: 201,
        example: { version: 1, last_orders: 500, last_days: 30 },
        refuses: ['not_found', 'conflict', 'state_refuses'],
      }),
    )
    .input(
      z.strictObject({
        version: seen,
        last_orders: z.int().min(1).max(5_000),
        last_days: z.int().min(1).max(366).optional().meta({ description: 'Only orders of so many days until now.' }),
      }),
    )
    .output(z.object({ id }).meta({ id: 'StartedRoutingSimulation' }))
    .mutation(async ({ ctx, input }) => {
      const { version: read, last_orders: lastOrders, last_days: lastDays } = input;
      const wish = { merchantId: merchantOf(ctx), version: BigInt(read), lastOrders, ...(lastDays ? { lastDays } : {}) };
      const { simulationId } = await perform(ctx, ctx.app.flows.routing.simulate, wish);
      exchangeOf(ctx).location = `/api/v1/routing/simulations/${simulationId}`;
      return { id: simulationId };
    }),

  simulation: procedure
    .meta(
      operation({
        method: 'GET',
        path: '/routing/simulations/{simulation}',
        id: 'getRoutingSimulation',
        tag: TAG,
        summary: 'Get a replay and its figures',
      }),
    )
    .input(z.strictObject({ simulation: id }))
    .output(simulation)
    .query(async ({ ctx, input }) => {
      const found = await readSimulation(ctx.pool, ctx.scope, input.simulation);
      const { result } = found;
      return {
        id: found.id,
        number: found.number,
        status: found.status,
        progress: found.progress,
        total: found.total,
        error: found.error,
        created_at: time(found.createdAt),
        finished_at: timeOrNull(found.finishedAt),
        result: result && {
          currency: result.currency,
          happened: figuresOf(result.happened),
          active: figuresOf(result.active),
          draft: figuresOf(result.draft),
          differing: result.differing,
        },
      };
    }),
});
