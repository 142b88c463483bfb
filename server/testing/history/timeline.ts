import { canonical, type Entry, type Observation, type Report, type Span } from './history.ts';

/** What one change after another does to an object: the sequential specification that a history is held against. */
export interface Model<S, C> {
  readonly start: S;
  /** The state after the change, and what makes it one that no sequential run makes. */
  step(state: S, change: C): { readonly after: S; readonly wrong: readonly string[] };
  /** What a reader sees. */
  shows(state: S): Readonly<Record<string, unknown>>;
}

/** One object's whole life: `states[v]` is how version v left it. */
export interface Timeline<S = unknown, C = unknown> {
  readonly object: string;
  readonly entries: readonly Entry<C>[];
  readonly states: readonly S[];
  shows(version: number): Readonly<Record<string, unknown>> | undefined;
}

/** Replays every object's changes in the order of its versions, and reports gaps, versions claimed twice and impossible changes. */
export function replay<S, C>(
  entries: readonly Entry<C>[],
  modelOf: (object: string) => Model<S, C>,
  report: Report,
): Map<string, Timeline<S, C>> {
  const timelines = new Map<string, Timeline<S, C>>();
  for (const [object, own] of Map.groupBy(entries, (entry) => entry.object)) {
    const model = modelOf(object);
    const sorted = [...own].sort((a, b) => a.version - b.version);
    const states = [model.start];
    sorted.forEach((entry, index) => {
      if (entry.version !== index + 1)
        report('versions', object, `change ${index + 1} of it calls itself version ${entry.version}`);
      const { after, wrong } = model.step(states[index] as S, entry.change);
      states.push(after);
      for (const why of wrong) report('impossible change', object, `version ${entry.version} (${by(entry)}): ${why}`);
    });
    timelines.set(object, {
      object,
      entries: sorted,
      states,
      shows: (version) => {
        const state = states[version];
        return state === undefined ? undefined : model.shows(state);
      },
    });
  }
  return timelines;
}

const by = (entry: Entry<unknown>): string => (entry.operation ? `operation ${entry.operation}` : 'a saga');

/** The rows at the end are what their changes come to: nothing was written that no change explains, and nothing was lost. */
export function compareRows(timelines: ReadonlyMap<string, Timeline>, rows: readonly Observation[], report: Report): void {
  const found = new Map(rows.map((row) => [row.object, row]));
  for (const [object, { entries, shows }] of timelines) {
    const row = found.get(object);
    if (!row) report('lost update', object, `has ${entries.length} changes and no row`);
    else if (row.version !== entries.length)
      report('lost update', object, `is at version ${row.version} after ${entries.length} changes`);
    const expected = shows(entries.length);
    if (row && canonical(row.shows) !== canonical(expected))
      report('lost update', object, `ends as ${canonical(row.shows)}; its changes come to ${canonical(expected)}`);
  }
  for (const row of rows)
    if (row.version > 0 && !timelines.has(row.object)) report('lost update', row.object, 'changed without a change on record');
}

/** Every read shows a version as that version was. */
export function compareRead(timelines: ReadonlyMap<string, Timeline>, seen: Observation, client: number, report: Report): void {
  const expected = timelines.get(seen.object)?.shows(seen.version);
  if (canonical(expected) === canonical(seen.shows)) return;
  report(
    'wrong read',
    seen.object,
    `client ${client} saw version ${seen.version} as ${canonical(seen.shows)}; it was ${canonical(expected)}`,
  );
}

/**
 * The states in which an object may have been when something was decided between `invoked` and `completed`: from the last change that
 * was answered before, to the last one that was asked for in time.
 */
export function statesWithin<S, C>(
  timeline: Timeline<S, C>,
  spans: ReadonlyMap<string, Span>,
  { invoked, completed }: Span,
): readonly S[] {
  let from = 0;
  let to = timeline.entries.length;
  timeline.entries.forEach((entry, index) => {
    const span = entry.operation ? spans.get(entry.operation) : undefined;
    if (!span) return;
    if (span.completed < invoked) from = Math.max(from, index + 1);
    if (span.invoked > completed) to = Math.min(to, index);
  });
  return timeline.states.slice(from, to + 1);
}
