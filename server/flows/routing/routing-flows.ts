import type pg from 'pg';
import type {
  EndRulesDraftInput,
  RerouteOrderInput,
  SaveNodeSettingsInput,
  SaveRulesDraftInput,
  SimulateRulesInput,
} from '../../domains/routing/schema.ts';
import type { Ctx } from '../../kernel/context.ts';
import type { Call, Locked, Verb } from '../../platform/verb.ts';
import { discardRules, promoteRules, type SavedRules, saveRulesDraft } from './edit-rules.ts';
import { previewReroute, type ReroutedOrder, type ReroutePreview, rerouteOrder } from './reroute-order.ts';
import type { Router } from './router.ts';
import { type SavedNode, saveNodeSettings } from './save-node-settings.ts';
import { runSimulation, type StartedSimulation, simulateRules } from './simulate-rules.ts';

/** Where orders are sent from: what nodes can do, the rules, and sending an order's units round to another node. */
export interface RoutingFlows {
  readonly saveNode: Call<SaveNodeSettingsInput, SavedNode>;
  readonly saveDraft: Call<SaveRulesDraftInput, SavedRules>;
  /** Puts the draft in force. */
  readonly promote: Call<EndRulesDraftInput, SavedRules>;
  readonly discard: Call<EndRulesDraftInput, SavedRules>;
  /** Replays the draft over past orders. */
  readonly simulate: Call<SimulateRulesInput, StartedSimulation>;
  readonly reroute: Call<RerouteOrderInput, ReroutedOrder>;
  previewReroute(input: RerouteOrderInput, ctx: Ctx): Promise<ReroutePreview>;
  /** Carries a replay out; what a job does. */
  runSimulation(id: string, signal?: AbortSignal): Promise<void>;
}

export function createRoutingFlows(deps: {
  readonly pool: pg.Pool;
  readonly router: Router;
  readonly verb: <I, W extends Locked, R>(definition: Verb<I, W, R>) => Call<I, R>;
}): RoutingFlows {
  const { pool, router, verb } = deps;
  return {
    saveNode: verb(saveNodeSettings),
    saveDraft: verb(saveRulesDraft),
    promote: verb(promoteRules),
    discard: verb(discardRules),
    simulate: verb(simulateRules),
    reroute: verb(rerouteOrder),
    previewReroute: (input, ctx) => previewReroute(pool, router, input, ctx),
    runSimulation: (id, signal) => runSimulation(pool, router, id, signal),
  };
}
