export const evidence = {
  title: 'Nachweise',
  about:
    'Was diese Version nachweislich getan hat und wie schnell, als sie in vollem Umfang erprobt wurde. Jede Seite nennt den Commit, die Maschine und die Versionen.',
  whatWasSeen: 'Was zu sehen war',
  page: 'Seite',
  commit: 'Commit',
  seen: 'Gesehen am',
  figures: 'Erste Zahlen',
  emptyTitle: 'Zu dieser Installation gehören keine Nachweise',
  empty: 'Volle Tests und Messungen schreiben sie nach docs/evidence: npm run test:deep.',
} as const;
