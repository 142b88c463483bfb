export const approvals = {
  title: 'Freigaben',
  what: 'Antrag',
  subject: 'Betrifft',
  amount: 'Betrag',
  requestedBy: 'Beantragt von',
  requested: 'Beantragt',
  expires: 'Läuft ab',
  decidedBy: 'Entschieden von',
  decided: 'Entschieden',
  reason: 'Grund',
  emptyTitle: 'Nichts freizugeben',
  empty: 'Große Erstattungen und Anpassungen warten hier auf eine zweite Person.',
} as const;
