export const errors = {
  title: 'Das konnte nicht geladen werden',
  unexpected: 'Bei uns ist etwas schiefgegangen.',
  network: 'Der Server antwortet nicht. Prüfe die Verbindung und versuche es erneut.',
  retry: 'Erneut versuchen',
  requestId: 'Anfrage {id}',
  copyRequestId: 'Anfragenummer kopieren',
  notFoundTitle: 'Hier ist nichts',
  notFound: 'Den Eintrag gibt es nicht, oder er ist nicht für dich bestimmt.',
  goHome: 'Zur Startseite',
  crashTitle: 'Diese Seite funktioniert nicht mehr',
  crash: 'Auf dem Server ist nichts verloren. Lade die Seite neu; passiert es wieder, melde den Code unten.',
} as const;
