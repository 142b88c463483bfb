import type { ReturnLineView, ReturnView } from '../../server/views/returns.ts';

/** The lines of a return with how many of their units are in a state, however those are cut. */
export function linesIn(
  view: ReturnView,
  status: ReturnLineView['status'],
): { readonly lineId: string; readonly name: string; readonly units: number }[] {
  const some = view.lines.filter((line) => line.status === status);
  return [...Map.groupBy(some, (line) => line.lineId)].map(([lineId, of]) => ({
    lineId,
    name: of[0]?.name ?? '',
    units: of.reduce((sum, line) => sum + line.to - line.from + 1, 0),
  }));
}
