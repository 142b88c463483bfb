import { expectedAnswer } from './answers.ts';
import { checkConservation } from './conservation.ts';
import { type Anomaly, canonical, type History, type Operation, outcomeOf, type Report } from './history.ts';
import { checkPrecedence } from './precedence.ts';
import { unreasonable } from './refusals.ts';
import { type Effects, effectsByOperation, type Replayed, replayBooks } from './replayed.ts';
import { compareRead, compareRows } from './timeline.ts';

/**
 * Holds a history against a sequential model (Wing and Gong, 1993; Herlihy and Wing, 1990). The search for an order that makes checking
 * linearizability hard is not needed here: every object's versions say in which order its changes are claimed to have happened. It is
 * left to replay them, to look at each answer at the point where it was given, and to see that real time allows that order.
 */
export function checkHistory(history: History): readonly Anomaly[] {
  const anomalies: Anomaly[] = [];
  const report: Report = (kind, about, detail) => {
    anomalies.push({ kind, about, detail });
  };
  const replayed = replayBooks(history, report);
  const effectsOf = effectsByOperation(history);
  for (const operation of history.operations) {
    checkKey(operation, report);
    checkOperation(operation, effectsOf(operation.id), replayed, history, report);
  }
  compareRows(replayed.all, history.books.rows, report);
  for (const read of history.reads) for (const seen of read.sees) compareRead(replayed.all, seen, read.client, report);
  checkPrecedence(replayed.all.values(), history.operations, replayed.spans, history.reads, report);
  checkConservation(replayed, history.books, report);
  return anomalies;
}

/** However often it is sent, one key has one answer. */
function checkKey({ attempts, ...operation }: Operation, report: Report): void {
  const answers = new Set(attempts.filter(({ outcome }) => outcome.is !== 'unknown').map(({ outcome }) => canonical(outcome)));
  if (answers.size > 1) report('two answers for one key', nameOf(operation), [...answers].join(' and '));
}

const nameOf = ({ id, request }: Pick<Operation, 'id' | 'request'>): string => `${request.kind} ${id}`;

function checkOperation(operation: Operation, effects: Effects, replayed: Replayed, history: History, report: Report): void {
  const outcome = outcomeOf(operation);
  const about = nameOf(operation);
  const all = [...effects.supply, ...effects.nodes, ...effects.accounts, ...effects.orders];
  const deeds = countDeeds(operation, effects);
  if (outcome.is === 'refused') {
    if (all.length > 0) report('refused yet applied', about, `${outcome.code}, and changed ${all[0]?.object}`);
    const why = unreasonable(operation, outcome, replayed, history);
    if (why) report('refused without a reason', about, `${outcome.code} ${canonical(outcome.data)}: ${why}`);
    return;
  }
  if (outcome.is === 'ok' && deeds === 0) report('vanished', about, `answered ${canonical(outcome.answer)}, and changed nothing`);
  if (deeds > 1)
    report('applied twice', about, `${deeds} times: ${all.map((entry) => `${entry.object} ${entry.version}`).join()}`);
  const transactions = new Set(all.map((entry) => entry.tx));
  if (deeds === 1 && transactions.size > 1) report('torn', about, `in ${transactions.size} transactions`);
  if (deeds !== 1) return;
  const expected = expectedAnswer(operation, { replayed, history, effects });
  if ('refused' in expected) report('not what was asked', about, `done where the model refuses: ${expected.refused}`);
  else if ('differs' in expected) report('not what was asked', about, expected.differs);
  else if (outcome.is === 'ok' && !includes(outcome.answer, expected.answer))
    report('wrong answer', about, `${canonical(outcome.answer)} instead of ${canonical(expected.answer)}`);
}

/** How often an operation was carried out. A shipment of several parcels is one deed of one transaction. */
function countDeeds({ request }: Operation, effects: Effects): number {
  const orders = (type: string): number => effects.orders.filter((entry) => entry.change.type === type).length;
  switch (request.kind) {
    case 'place':
      return orders('placed');
    case 'cancel':
      return orders('cancelled');
    case 'refund':
      return orders('refund asked');
    case 'ship':
      return new Set(effects.orders.filter((entry) => entry.change.type === 'packed').map((entry) => entry.tx)).size;
    case 'adjust':
    case 'count':
      return effects.nodes.length;
    case 'transfer':
      return effects.accounts.filter((entry) => entry.change.side === 'debit').length;
  }
}

function includes(answer: object, expected: object): boolean {
  return canonical({ ...answer, ...expected }) === canonical(answer);
}
