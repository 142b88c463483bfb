/** What this version was seen to do. */
export const evidence = {
  title: 'Evidence',
  about:
    'What this version was seen to do, and how fast, when it was tried in full. Each page names the commit, the machine and the versions.',
  whatWasSeen: 'What was seen',
  page: 'Page',
  commit: 'Commit',
  seen: 'Seen',
  figures: 'First figures',
  emptyTitle: 'No evidence is part of this installation',
  empty: 'Deep tests and measurements write it to docs/evidence: npm run test:deep.',
} as const;
