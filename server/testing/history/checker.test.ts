import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkHistory } from './checker.ts';
import type { Anomaly, History, Operation, Outcome } from './history.ts';
import { morning, place, placedOnce, Sample, transfer, wallet } from './sample-history.ts';

const kinds = (anomalies: readonly Anomaly[]): string[] => [...new Set(anomalies.map((anomaly) => anomaly.kind))];
const found = (sample: Sample): string[] => kinds(checkHistory(sample.history()));

const unknown: Outcome = { is: 'unknown', why: 'the process died' };

function change(operations: Operation[], id: string, to: (operation: Operation) => Operation): void {
  const at = operations.findIndex((operation) => operation.id === id);
  operations[at] = to(operations[at] as Operation);
}

/** Every attempt of the operation got this instead. */
function answered(sample: Sample, id: string, outcome: Outcome): void {
  change(sample.operations, id, (operation) => ({
    ...operation,
    attempts: operation.attempts.map((attempt) => ({ ...attempt, outcome })),
  }));
}

describe('a history without a mistake', () => {
  it('has no anomaly', () => {
    expect(checkHistory(morning().history())).toEqual([]);
  });

  it('may hold requests whose answer never came, done or not', () => {
    const sample = morning();
    sample.does({ kind: 'transfer', debit: 'b', credit: 'a', amountMinor: 10 }, [110, 120], unknown, () =>
      sample.transfer('b', 'a', 10, [50, 50]),
    );
    sample.does({ kind: 'transfer', debit: 'b', credit: 'a', amountMinor: 10 }, [110, 120], unknown);
    expect(checkHistory(sample.history())).toEqual([]);
  });

  it('may answer in another order than it was asked, as long as the requests overlap', () => {
    const sample = morning();
    // Asked for first and answered last; took effect in between.
    transfer(sample, ['a', 'b', 5], [120, 130], [35, 65]);
    transfer(sample, ['b', 'a', 5], [110, 140], [60, 40]);
    expect(checkHistory(sample.history())).toEqual([]);
  });

  it('is told as one whatever order its transfers took, if each took effect between question and answer', () => {
    const step = fc.record({
      debit: fc.constantFrom('bank', 'a', 'b'),
      credit: fc.constantFrom('a', 'b'),
      amountMinor: fc.integer({ min: 1, max: 60 }),
      before: fc.integer({ min: 1, max: 40 }),
      after: fc.integer({ min: 1, max: 40 }),
      look: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        expect(checkHistory(wandering(steps))).toEqual([]);
      }),
    );
  });
});

interface Step {
  readonly debit: string;
  readonly credit: string;
  readonly amountMinor: number;
  readonly before: number;
  readonly after: number;
  readonly look: boolean;
}

/** Transfers that took effect one after another at 10, 20, 30 …, asked for and answered some time around that. */
function wandering(steps: readonly Step[]): History {
  const sample = new Sample();
  const money: Record<string, { debits: number; credits: number; version: number }> = {};
  const of = (code: string) => (money[code] ??= { debits: 0, credits: 0, version: 0 });
  const balance = (code: string): number => (of(code).credits - of(code).debits) * (code === 'bank' ? -1 : 1);
  steps.forEach(({ debit, credit, amountMinor, before, after, look }, index) => {
    const at = (index + 1) * 10;
    const span = [at - before, at + after] as const;
    if (debit === credit) return;
    if (debit !== 'bank' && balance(debit) < amountMinor)
      sample.does({ kind: 'transfer', debit, credit, amountMinor }, span, {
        is: 'refused',
        code: 'insufficient_funds',
        data: {},
      });
    else {
      of(debit).debits += amountMinor;
      of(credit).credits += amountMinor;
      for (const code of [debit, credit]) of(code).version += 1;
      transfer(sample, [debit, credit, amountMinor], span, [balance(debit), balance(credit)]);
    }
    const { version, ...posted } = of(credit);
    if (look && version > 0) sample.see([at + 1 - before, at + 1 + after], wallet(credit, version, posted));
  });
  return sample.history();
}

describe('what is planted is found', () => {
  it('a lost update: two changes of one version', () => {
    const sample = morning();
    transfer(sample, ['b', 'a', 10], [110, 120], [50, 50]);
    // Decided on the same balances, as without a lock: the second forgets the first.
    transfer(sample, ['b', 'a', 20], [110, 120], [40, 60]);
    for (const entry of sample.accounts.splice(-2)) sample.accounts.push({ ...entry, version: entry.version - 1 });
    expect(found(sample)).toEqual(expect.arrayContaining(['versions', 'impossible change']));
  });

  it('a lost update: a row that its changes do not come to', () => {
    const history = morning().history((rows) =>
      rows.map((row) => (row.object === 'account:a' ? { ...row, shows: { ...row.shows, debits: 0 } } : row)),
    );
    expect(kinds(checkHistory(history))).toEqual(['lost update']);
  });

  it('a stale read: an old version, after a newer one was acknowledged', () => {
    const sample = morning();
    sample.see([110, 111], wallet('a', 1, { debits: 0, credits: 100 }));
    expect(found(sample)).toEqual(['out of order']);
  });

  it('a stale read, however much follows it and is right', () => {
    const sample = morning();
    sample.see([110, 111], wallet('a', 1, { debits: 0, credits: 100 }));
    for (let i = 0; i < 500; i++) transfer(sample, ['bank', 'b', 1], [200 + 2 * i, 201 + 2 * i], [101 + i, 61 + i]);
    expect(found(sample)).toEqual(['out of order']);
  });

  it('a read of what nobody had asked for yet', () => {
    const sample = morning();
    sample.see([60, 61], wallet('a', 1, { debits: 0, credits: 100 }));
    expect(found(sample)).toEqual(['out of order']);
  });

  it('two reads that go back in time, although nothing around them was acknowledged', () => {
    const sample = morning();
    sample.does({ kind: 'transfer', debit: 'b', credit: 'a', amountMinor: 10 }, [110, 200], unknown, () =>
      sample.transfer('b', 'a', 10, [50, 50]),
    );
    sample.see([120, 121], wallet('a', 3, { debits: 60, credits: 110 }));
    sample.see([130, 131], wallet('a', 2, { debits: 60, credits: 100 }));
    expect(found(sample)).toEqual(['out of order']);
  });

  it('a read that shows half of a transfer', () => {
    const sample = morning();
    transfer(sample, ['b', 'a', 10], [110, 130], [50, 50]);
    sample.see([115, 116], wallet('a', 3, { debits: 60, credits: 110 }), wallet('b', 1, { debits: 0, credits: 60 }));
    expect(found(sample)).toEqual(['out of order']);
  });

  it('a read that shows what no version was', () => {
    const sample = morning();
    sample.see([110, 111], wallet('a', 2, { debits: 60, credits: 101 }));
    expect(found(sample)).toEqual(['wrong read']);
  });

  it('a request that was applied twice, acknowledged or not', () => {
    for (const outcome of [null, unknown]) {
      const sample = morning();
      const id = place(sample, 'o2', 1, [110, 120]);
      if (outcome) answered(sample, id, outcome);
      sample.within(id, () => placedOnce(sample, 'o3', 1));
      expect(found(sample)).toEqual(['applied twice']);
    }
  });

  it('a swapped order: what was acknowledged first comes second', () => {
    const sample = morning();
    transfer(sample, ['b', 'a', 10], [130, 140], [50, 50]);
    transfer(sample, ['b', 'a', 10], [110, 120], [40, 60]);
    expect(found(sample)).toEqual(['out of order']);
  });

  it('two transactions that two accounts saw in different orders', () => {
    const sample = morning();
    transfer(sample, ['b', 'a', 10], [110, 200], [50, 50]);
    transfer(sample, ['b', 'a', 10], [110, 200], [40, 60]);
    const [firstB, , secondB] = sample.accounts.splice(-4, 4) as [never, never, never, never];
    const ofB = [firstB, secondB] as typeof sample.accounts;
    expect(ofB).toHaveLength(2);
    const [one, two] = ofB as [(typeof ofB)[number], (typeof ofB)[number]];
    // Account b has them the other way round; amounts are equal, so that its balances fit.
    sample.accounts.push({ ...one, tx: two.tx, operation: two.operation }, { ...two, tx: one.tx, operation: one.operation });
    for (const [index, entry] of [one, two].entries())
      sample.accounts.push({
        ...entry,
        object: 'account:a',
        version: 3 + index,
        change: { ...entry.change, side: 'credit', balanceMinor: 50 + 10 * index },
      });
    expect(kinds(checkHistory(sample.history()))).toContain('out of order');
  });

  it('a refusal without a reason', () => {
    const sample = morning();
    const skus = [{ sku: 'MUG', requested: 3, available: 2 }];
    sample.does({ kind: 'place', lines: [{ sku: 'MUG', quantity: 3, discountMinor: 0 }] }, [110, 120], {
      is: 'refused',
      code: 'out_of_stock',
      data: { skus },
    });
    expect(found(sample)).toEqual(['refused without a reason']);
  });

  it('a refusal whose reason had passed when it was asked', () => {
    const sample = morning();
    // Once there was nothing left to refund; when this was asked for, units had gone and were paid.
    sample.does({ kind: 'transfer', debit: 'b', credit: 'a', amountMinor: 50 }, [110, 120], {
      is: 'refused',
      code: 'insufficient_funds',
      data: {},
    });
    expect(found(sample)).toEqual(['refused without a reason']);
  });

  it('a refusal that says how much is left, and is wrong', () => {
    const sample = morning();
    answered(sample, 'op6', { is: 'refused', code: 'over_limit', data: { leftMinor: 1_000 } });
    expect(found(sample)).toEqual(['refused without a reason']);
  });

  it('a refusal that took effect all the same', () => {
    const sample = morning();
    answered(sample, 'op9', { is: 'refused', code: 'insufficient_funds', data: {} });
    expect(found(sample)).toContain('refused yet applied');
  });

  it('an acknowledged write that vanished', () => {
    const sample = morning();
    sample.does({ kind: 'transfer', debit: 'b', credit: 'a', amountMinor: 1 }, [110, 120], {
      debitBalanceMinor: 59,
      creditBalanceMinor: 41,
    });
    expect(found(sample)).toEqual(['vanished']);
  });

  it('different answers for one key', () => {
    const sample = morning();
    change(sample.operations, 'op9', (operation) => ({
      ...operation,
      attempts: [
        ...operation.attempts,
        {
          client: 3,
          door: 'two',
          invoked: 85,
          completed: 95,
          outcome: { is: 'ok', answer: { debitBalanceMinor: 40, creditBalanceMinor: 61 } },
        },
      ],
    }));
    expect(found(sample)).toEqual(['two answers for one key']);
  });

  it('an answer that the sequential model does not give', () => {
    const sample = morning();
    answered(sample, 'op4', { is: 'ok', answer: { status: 'CANCELLED', cancelledMinor: 1_250, refund: null } });
    expect(found(sample)).toEqual(['wrong answer']);
  });

  it('units sold that were not there', () => {
    const sample = morning();
    place(sample, 'o2', 5, [110, 120]);
    expect(found(sample)).toContain('impossible change');
  });

  it('more done than was asked for', () => {
    const sample = morning();
    const line = { line: 'o2-1', quantity: 1 };
    place(sample, 'o2', 2, [110, 120]);
    sample.does(
      { kind: 'cancel', order: 'o2', units: [line] },
      [121, 130],
      { status: 'CANCELLED', cancelledMinor: 2_500, refund: null },
      () => {
        sample.move('release', { promised: -2 });
        sample.order('o2', { type: 'cancelled', units: ['o2-1#1', 'o2-1#2'], valueMinor: 2_500 });
      },
    );
    expect(found(sample)).toEqual(['not what was asked']);
  });

  it('a promise that outlives its order', () => {
    const sample = morning();
    place(sample, 'o2', 1, [110, 120]);
    sample.does({ kind: 'cancel', order: 'o2' }, [121, 130], { status: 'CANCELLED', cancelledMinor: 1_250, refund: null }, () =>
      sample.order('o2', { type: 'cancelled', units: ['o2-1#1'], valueMinor: 1_250 }),
    );
    expect(found(sample)).toEqual(['not conserved']);
  });

  it('a request done half in one transaction and half in another', () => {
    const sample = morning();
    const id = place(sample, 'o2', 1, [110, 120]);
    const [promise] = sample.supply.splice(-1);
    if (promise) sample.supply.push({ ...promise, tx: `${promise.tx}b` });
    expect(sample.operations.at(-1)?.id).toBe(id);
    expect(found(sample)).toContain('torn');
  });
});
