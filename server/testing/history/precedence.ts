import type { Entry, Operation, Read, Report, Span } from './history.ts';
import type { Timeline } from './timeline.ts';

/**
 * Strict serializability, checked as Elle does (Kingsbury and Alvaro, 2020): transactions and reads are nodes, and what had to come
 * before what are edges. ww: the next version of an object. wr: a read of a version. rw: a read before the next version. rt: it was
 * answered before the other was asked for (Herlihy and Wing, 1990). Some order explains the history if and only if there is no cycle.
 */
type Why = 'ww' | 'wr' | 'rw' | 'rt';

interface Edge {
  readonly to: number;
  readonly why: Why;
  readonly of: string;
}

class Graph {
  readonly names: string[] = [];
  readonly edges: Edge[][] = [];
  private readonly byName = new Map<string, number>();

  node(name: string): number {
    const known = this.byName.get(name);
    if (known !== undefined) return known;
    this.names.push(name);
    this.byName.set(name, this.edges.push([]) - 1);
    return this.edges.length - 1;
  }

  edge(from: number, to: number, why: Why, of: string): void {
    this.edges[from]?.push({ to, why, of });
  }
}

/** Reports the shortest cycle of precedence, if there is one. */
export function checkPrecedence(
  timelines: Iterable<Timeline>,
  operations: readonly Operation[],
  spans: ReadonlyMap<string, Span>,
  reads: readonly Read[],
  report: Report,
): void {
  const graph = new Graph();
  const byObject = new Map<string, Timeline>();
  const txOf = new Map<string, string>();
  for (const timeline of timelines) {
    byObject.set(timeline.object, timeline);
    addVersions(graph, timeline);
    for (const entry of timeline.entries) if (entry.operation) txOf.set(entry.operation, entry.tx);
  }
  const timed: (Span & { readonly node: number })[] = [];
  for (const operation of operations) {
    const tx = txOf.get(operation.id);
    const span = spans.get(operation.id);
    if (tx !== undefined && span) timed.push({ node: graph.node(`tx ${tx}`), ...span });
  }
  reads.forEach((read, index) => {
    const node = graph.node(`read ${index} of client ${read.client}`);
    timed.push({ node, invoked: read.invoked, completed: read.completed });
    for (const { object, version } of read.sees) addRead(graph, node, byObject.get(object)?.entries ?? [], version);
  });
  addTime(graph, timed);
  const cycle = shortestCycle(graph);
  if (cycle) report('out of order', 'the whole run', cycle);
}

function addVersions(graph: Graph, { object, entries }: Timeline): void {
  entries.forEach((entry, index) => {
    const next = entries[index + 1];
    const from = graph.node(`tx ${entry.tx}`);
    if (next && next.tx !== entry.tx)
      graph.edge(from, graph.node(`tx ${next.tx}`), 'ww', `${object} ${entry.version}→${next.version}`);
  });
}

function addRead(graph: Graph, node: number, entries: readonly Entry<unknown>[], version: number): void {
  const [seen, next] = [entries[version - 1], entries[version]];
  if (seen) graph.edge(graph.node(`tx ${seen.tx}`), node, 'wr', `${seen.object} ${version}`);
  if (next) graph.edge(node, graph.node(`tx ${next.tx}`), 'rw', `${next.object} ${version}, not ${next.version}`);
}

/**
 * Who was answered before whom is a square of pairs; a chain of moments says the same with a few edges each: whatever was answered leads
 * to its moment, each moment to the next, and the last moment before a question to what was asked.
 */
function addTime(graph: Graph, timed: readonly (Span & { readonly node: number })[]): void {
  const moments = [...new Set(timed.map((item) => item.completed))].filter(Number.isFinite).sort((a, b) => a - b);
  const moment = (index: number): number => graph.node(`moment ${index}`);
  moments.forEach((_, index) => {
    if (index > 0) graph.edge(moment(index - 1), moment(index), 'rt', 'time');
  });
  const position = new Map(moments.map((at, index) => [at, index]));
  for (const { node, invoked, completed } of timed) {
    const answered = position.get(completed);
    if (answered !== undefined) graph.edge(node, moment(answered), 'rt', `answered at ${completed.toFixed(3)}`);
    const before = lastBefore(moments, invoked);
    if (before >= 0) graph.edge(moment(before), node, 'rt', `asked at ${invoked.toFixed(3)}`);
  }
}

/** The index of the last of the sorted numbers that is below the limit; −1 where none is. */
function lastBefore(sorted: readonly number[], limit: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Enough to come from one cycle to a short one: every further one tells of the same disorder. */
const SEARCHES = 300;

function shortestCycle(graph: Graph): string | null {
  const left = inCycles(graph);
  let best = null as Edge[] | null;
  let searches = 0;
  for (const start of left) {
    if (best && ++searches > SEARCHES) break;
    // Moments follow each other: every cycle has a transaction or a read in it, at which it is easier told.
    if (graph.names[start]?.startsWith('moment')) continue;
    best = cycleFrom(graph, left, start, best?.length ?? Number.POSITIVE_INFINITY) ?? best;
  }
  return best && describe(graph, best);
}

/** What is left when everything without a predecessor, again and again, is taken away (Kahn): cycles and what comes after them. */
function inCycles(graph: Graph): Set<number> {
  const incoming = new Array<number>(graph.edges.length).fill(0);
  for (const edges of graph.edges) for (const { to } of edges) incoming[to] = (incoming[to] ?? 0) + 1;
  const free = incoming.flatMap((count, node) => (count === 0 ? [node] : []));
  const left = new Set(graph.edges.keys());
  for (let node = free.pop(); node !== undefined; node = free.pop()) {
    left.delete(node);
    for (const { to } of graph.edges[node] ?? []) {
      incoming[to] = (incoming[to] ?? 0) - 1;
      if (incoming[to] === 0) free.push(to);
    }
  }
  return left;
}

/** Breadth first from a node back to itself. */
function cycleFrom(graph: Graph, within: ReadonlySet<number>, start: number, below: number): Edge[] | null {
  const came = new Map<number, { readonly from: number; readonly edge: Edge }>();
  let front = [start];
  for (let depth = 1; front.length > 0 && depth < below; depth++) {
    const next: number[] = [];
    for (const node of front) {
      for (const edge of graph.edges[node] ?? []) {
        if (!within.has(edge.to) || came.has(edge.to)) continue;
        came.set(edge.to, { from: node, edge });
        if (edge.to === start) return pathTo(came, start);
        next.push(edge.to);
      }
    }
    front = next;
  }
  return null;
}

function pathTo(came: ReadonlyMap<number, { readonly from: number; readonly edge: Edge }>, start: number): Edge[] {
  const path: Edge[] = [];
  let at = start;
  do {
    const step = came.get(at);
    if (!step) throw new Error('A path has no beginning');
    path.unshift(step.edge);
    at = step.from;
  } while (at !== start);
  return path;
}

function describe(graph: Graph, cycle: readonly Edge[]): string {
  const last = cycle.at(-1);
  const first = last ? graph.names[last.to] : '';
  return `${first}${cycle.map((edge) => ` —${edge.why} (${edge.of})→ ${graph.names[edge.to]}`).join('')}`;
}
