/** The log of changes. */
export const audit = {
  title: 'Audit',
  at: 'When',
  actor: 'Who',
  action: 'What',
  entity: 'Record',
  entityKind: 'Kind of record',
  changes: 'Before → after',
  fields: { one: '{count} field', other: '{count} fields' },
  reason: 'Reason',
  trace: 'Trace',
  search: 'Action, record id, user:id or trace id',
  absent: 'nothing',
  created: 'new',
  emptyTitle: 'No change was recorded yet',
  empty: 'Every change made by a person or an API key appears here, with who made it and what it was before.',
} as const;
