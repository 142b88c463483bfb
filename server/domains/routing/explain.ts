import { type Candidate, costAt, itemKey, type Model, type Piece, type Question, type WhyNot } from './model.ts';
import { type Plan, type Problem, solveGreedily } from './solver-board.ts';

/** Units of a line and the node they come from. */
export interface RoutedPick {
  readonly lineId: string;
  readonly skuId: string;
  readonly from: number;
  readonly to: number;
  readonly nodeId: string;
}

/** What one node does for an order and what that costs, in minor units. */
export interface Leg {
  readonly nodeId: string;
  readonly code: string;
  readonly name: string;
  readonly units: number;
  readonly grams: number;
  readonly parcels: number;
  readonly zone: string | null;
  readonly arrives: string;
  readonly lateDays: number;
  readonly shippingMinor: number;
  readonly handlingMinor: number;
  readonly lateMinor: number;
  readonly discountMinor: number;
  readonly preferredBy: readonly string[];
}

/** A node that was not chosen. */
export interface Alternative {
  readonly nodeId: string;
  readonly code: string;
  readonly name: string;
  /** Why it could not, or `partly`: it has only some of the units; `dearer`: it could have done it all for more. */
  readonly why: WhyNot | 'partly' | 'dearer' | 'tie';
  readonly rule: string | null;
  /** Of the units it could have sent, */
  readonly units: number;
  /** for this much altogether; null where it could not send any. */
  readonly costMinor: number | null;
  readonly lateDays: number;
}

export interface Explanation {
  readonly legs: readonly Leg[];
  readonly alternatives: readonly Alternative[];
  /** Names of the rules that took part. */
  readonly rules: readonly string[];
  readonly splitMinor: number;
  readonly costMinor: number;
  /** Units that found no node. */
  readonly missing: number;
  /** Units that were taken from safety stock. */
  readonly safety: number;
  readonly promisedBy: string | null;
}

export interface Answer {
  readonly picks: readonly RoutedPick[];
  readonly explanation: Explanation;
}

/** Gives the plan's units to the pieces that asked for them, first units first. */
export function picksOf(question: Question, plan: Plan): RoutedPick[] {
  const left = new Map(plan.takings.map((taking) => [taking, taking.units]));
  const picks: RoutedPick[] = [];
  for (const piece of question.pieces) {
    let from = piece.from;
    for (const [taking, units] of left) {
      if (from > piece.to) break;
      if (units === 0 || taking.key !== itemKey(piece)) continue;
      const size = Math.min(units, piece.to - from + 1);
      picks.push({ lineId: piece.lineId, skuId: piece.skuId, from, to: from + size - 1, nodeId: taking.site });
      left.set(taking, units - size);
      from += size;
    }
  }
  return picks;
}

const sizeOf = (range: Pick<Piece, 'from' | 'to'>): number => range.to - range.from + 1;

function legOf(question: Question, candidate: Candidate, picks: readonly RoutedPick[]): Leg {
  const units = picks.reduce((sum, pick) => sum + sizeOf(pick), 0);
  const grams = picks.reduce((sum, pick) => sum + sizeOf(pick) * (question.skus[pick.skuId]?.grams ?? 0), 0);
  const cost = costAt(candidate, units, grams);
  const { node } = candidate;
  return {
    nodeId: node.id,
    code: node.code,
    name: node.name,
    units,
    grams,
    parcels: cost.parcels,
    zone: candidate.zone?.name ?? null,
    arrives: candidate.arrives,
    lateDays: candidate.lateDays,
    shippingMinor: cost.shipping,
    handlingMinor: cost.handling,
    lateMinor: candidate.lateMinor,
    discountMinor: candidate.discountMinor,
    preferredBy: candidate.preferredBy,
  };
}

/** What a set of picks costs by these rules, whoever chose them: also what happened is judged by it. */
export function priceOf(
  question: Question,
  model: Model,
  picks: readonly RoutedPick[],
): { legs: Leg[]; costMinor: number; splits: number } {
  const byNode = Map.groupBy(picks, (pick) => pick.nodeId);
  const legs = [...byNode].flatMap(([nodeId, own]) => {
    const candidate = model.candidates.find(({ node }) => node.id === nodeId);
    return candidate ? [legOf(question, candidate, own)] : [];
  });
  const fresh = legs.filter((leg) => !question.inUse.includes(leg.nodeId)).length;
  const splits = question.inUse.length > 0 ? fresh : Math.max(0, fresh - 1);
  const costs = legs.map((leg) => leg.shippingMinor + leg.handlingMinor + leg.lateMinor - leg.discountMinor);
  return { legs, splits, costMinor: costs.reduce((sum, cost) => sum + cost, 0) + splits * model.splitMinor };
}

function alternativeOf(problem: Problem, candidate: Candidate, chosenCost: number): Alternative {
  const { node, site, why, rule, lateDays } = candidate;
  const about = { nodeId: node.id, code: node.code, name: node.name, rule, lateDays };
  if (!site) return { ...about, why: why ?? 'no_stock', units: 0, costMinor: null };
  const alone = solveGreedily({ ...problem, sites: [site], whole: false, maxSites: null });
  const units = alone.takings.reduce((sum, taking) => sum + taking.units, 0);
  if (units === 0) return { ...about, why: 'no_stock', units, costMinor: null };
  const reason = alone.missing > 0 ? 'partly' : alone.cost > chosenCost ? 'dearer' : alone.safety > 0 ? 'no_stock' : 'tie';
  return { ...about, why: reason, units, costMinor: alone.cost };
}

/** The plan in units of lines, and the words for why: what was chosen, and what else there was. */
export function answerOf(question: Question, model: Model, plan: Plan): Answer {
  const picks = picksOf(question, plan);
  const { legs, costMinor, splits } = priceOf(question, model, picks);
  const chosen = new Set(legs.map((leg) => leg.nodeId));
  return {
    picks,
    explanation: {
      legs,
      alternatives: model.candidates
        .filter(({ node }) => !chosen.has(node.id))
        .map((candidate) => alternativeOf(model.problem, candidate, costMinor)),
      rules: model.rules,
      splitMinor: splits * model.splitMinor,
      costMinor,
      missing: plan.missing,
      safety: plan.safety,
      promisedBy: question.promisedBy,
    },
  };
}
