import type { Sample } from './samples.ts';

const NIL = '00000000-0000-7000-8000-000000000000';

/** Samples of the ledger's procedures. */
export const LEDGER_SAMPLES = {
  'ledger.trialBalance': {},
  'ledger.closed': {},
  'ledger.accounts': { input: () => ({}) },
  'ledger.account': { input: () => ({ id: NIL }), foreign: [(world) => ({ id: world.northAccount })] },
  'ledger.entries': {
    input: () => ({ accountId: NIL }),
    foreign: [(world) => ({ accountId: world.northAccount })],
  },
  'ledger.operate': { input: () => ({ accountId: NIL, operation: { action: 'freeze' }, reason: 'Asked for by the owner' }) },
  'ledger.proposeAdjustment': {
    input: () => ({ debitAccountId: NIL, creditAccountId: NIL, amountMinor: 1, currency: 'EUR', reason: 'A difference found' }),
  },
  'ledger.proposeReversal': { input: () => ({ transferId: NIL, reason: 'Posted by mistake' }) },
  'ledger.closePeriod': { input: () => ({ until: new Date('2026-01-01T00:00:00Z'), reason: 'Month end' }) },
  'ledger.entryKinds': { input: () => ({ id: NIL }), foreign: [(world) => ({ id: world.northAccount })] },
  'ledger.days': {
    input: () => ({ id: NIL, days: 30, timeZone: 'UTC' }),
    foreign: [(world) => ({ id: world.northAccount, days: 30, timeZone: 'UTC' })],
  },
  'ledger.transfer': { input: () => ({ id: NIL }), foreign: [(world) => ({ id: world.northTransfer })] },
  'ledger.journal': { input: () => ({ id: NIL }), foreign: [(world) => ({ id: world.northJournal })] },
  'ledger.holds': { input: () => ({}), foreign: [(world) => ({ accountId: world.northAccount })] },
  'ledger.countHolds': { input: () => ({}), foreign: [(world) => ({ accountId: world.northAccount })], nothing: true },
  'ledger.balance': { input: () => ({ id: NIL, version: 0 }), foreign: [(world) => ({ id: world.northAccount, version: 0 })] },
} as const satisfies Record<string, Sample>;
