import type { Answer } from '../../domains/routing/explain.ts';
import { modelOf, type Question } from '../../domains/routing/model.ts';

/**
 * Whether a plan that was made on a picture of the world still holds in the world that is locked: the same units wait, each may come from
 * where it is to come from, and shelves and days have room for them. A plan that could leave fewer units waiting now does not.
 */
export function isSound(question: Question, answer: Answer): boolean {
  const { picks, explanation } = answer;
  const { problem } = modelOf(question);
  const sites = new Map(problem.sites.map((site) => [site.id, site]));
  const wanted = question.pieces.reduce((sum, piece) => sum + piece.to - piece.from + 1, 0);
  let given = 0;
  const bySku = new Map<string, number>();
  const bySite = new Map<string, number>();
  for (const pick of picks) {
    const piece = question.pieces.find(
      (one) => one.lineId === pick.lineId && one.skuId === pick.skuId && one.from <= pick.from && one.to >= pick.to,
    );
    if (!piece || piece.barred.includes(pick.nodeId) || !sites.has(pick.nodeId)) return false;
    const units = pick.to - pick.from + 1;
    given += units;
    const key = `${pick.skuId}:${pick.nodeId}`;
    bySku.set(key, (bySku.get(key) ?? 0) + units);
    bySite.set(pick.nodeId, (bySite.get(pick.nodeId) ?? 0) + units);
  }
  // What was asked about is what waits now, and nothing has arrived for what the plan left out.
  if (given + explanation.missing !== wanted) return false;
  const withSafety = explanation.safety > 0;
  for (const [key, units] of bySku) {
    const [skuId, nodeId] = key.split(':') as [string, string];
    const shelf = sites.get(nodeId)?.stock[skuId];
    if (!shelf || units > shelf.free + (withSafety ? shelf.safety : 0)) return false;
  }
  for (const [nodeId, units] of bySite) if (units > (sites.get(nodeId)?.room ?? Infinity)) return false;
  return true;
}
