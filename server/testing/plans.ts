/** The tables that a plan, as EXPLAIN writes it, reads from beginning to end. */
export function seqScansIn(plan: string): string[] {
  return [...plan.matchAll(/Seq Scan on (?:\w+\.)?(\w+)/g)].map((found) => found[1] as string);
}
