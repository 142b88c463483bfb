/** Plans as auto_explain reports them, in its JSON. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

export interface ReportedPlan {
  readonly statement: string;
  readonly plan: PlanNode;
}

/** What auto_explain said of one statement, in a notice or in an entry of the log; undefined where it is something else. */
export function readPlan(message: string): ReportedPlan | undefined {
  const [, json] = message.split(/duration: [\d.]+ ms {2}plan:\n/);
  if (json === undefined) return undefined;
  // In a log every further line begins with a tab, also inside the statement.
  const { 'Query Text': statement, Plan: plan } = JSON.parse(json.replaceAll('\t', ' ')) as {
    'Query Text': string;
    Plan: PlanNode;
  };
  return { statement: statement.replace(/\s+/g, ' ').trim(), plan };
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

/** The tables that a plan reads from beginning to end. */
export function seqScansIn(plan: PlanNode): string[] {
  return nodesOf(plan).flatMap((node) => (node['Node Type'] === 'Seq Scan' ? [node['Relation Name'] ?? ''] : []));
}

/** The tables of which a plan, as it was executed, looked at more than `most` rows in vain, whatever it found them by. */
export function wastefulScansIn(plan: PlanNode, most: number): string[] {
  return nodesOf(plan).flatMap((node) => ((node['Rows Removed by Filter'] ?? 0) > most ? [node['Relation Name'] ?? ''] : []));
}
