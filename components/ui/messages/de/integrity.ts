export const integrity = {
  title: 'Stimmigkeit',
  latest: 'Letzte Prüfung',
  full: 'Letzte volle Prüfung',
  runs: 'Welche Prüfung',
  checked: 'Geprüft',
  scope: 'Umfang',
  scopes: { full: 'Alles', incremental: 'Geändertes' },
  took: 'Dauer {seconds} s',
  tookHeader: 'Dauer',
  seconds: '{seconds} s',
  check: 'Ergebnis',
  rule: 'Gilt immer',
  violations: 'Verstöße',
  samples: 'Was nicht stimmt',
  unchecked: 'Nicht geprüft',
  history: 'Verlauf',
  holdsTitle: 'Alles stimmt.',
  holds: { one: '{count} Regel wurde geprüft.', other: '{count} Regeln wurden geprüft.' },
  violatedTitle: 'Die Bücher stimmen nicht.',
  violated: {
    one: '{count} Verstoß gefunden. Halten Sie an, was diese Datensätze schreibt, und berichtigen Sie sie, bevor es weitergeht.',
    other:
      '{count} Verstöße gefunden. Halten Sie an, was diese Datensätze schreibt, und berichtigen Sie sie, bevor es weitergeht.',
  },
  uncheckedText: {
    one: '{count} Regel konnte nicht geprüft werden; das ist weder gut noch schlecht.',
    other: '{count} Regeln konnten nicht geprüft werden; das ist weder gut noch schlecht.',
  },
  emptyTitle: 'Noch nichts geprüft',
  empty:
    'Der Worker prüft jede Minute, was sich geändert hat, und jede Nacht alles. Starten Sie einen Worker oder npm run oracle.',
  groups: { '1': 'Hauptbuch', '2': 'Bestand', '3': 'Aufträge', '4': 'Geld der Aufträge', '5': 'Nichts verloren, nichts zu spät' },
} as const;
