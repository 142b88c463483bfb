import { balanceOf } from './account-model.ts';
import type { Books, Report } from './history.ts';
import { owedOf, unitsThat, waiting } from './order-state.ts';
import type { Replayed } from './replayed.ts';
import type { Timeline } from './timeline.ts';

const last = <S, C>(timeline: Timeline<S, C>): S => timeline.states.at(-1) as S;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** What no operation makes or loses, across objects: units are promised to who waits for them, money is somewhere. */
export function checkConservation(replayed: Replayed, { traits }: Books, report: Report): void {
  const orders = [...replayed.orders.values()].map(last);
  const nodes = [...replayed.nodes].map(([object, timeline]) => ({ object, ...last(timeline) }));
  const equal = (about: string, what: string, is: number, should: number): void => {
    if (is !== should) report('not conserved', about, `${what}: ${is} and ${should}`);
  };
  for (const [object, timeline] of replayed.supply) {
    const sku = object.slice('supply:'.length);
    const own = nodes.filter((node) => node.object.startsWith(`node:${sku}@`));
    const wait = (pass: Parameters<typeof unitsThat>[1]): number =>
      sum(
        orders.map((order) => {
          const lines = new Set(order.lines.filter((line) => line.sku === sku).map((line) => line.id));
          return unitsThat(order, pass).filter((id) => lines.has(id.slice(0, id.indexOf('#')))).length;
        }),
      );
    equal(object, 'promised, and waited for by orders', last(timeline).promised, wait(waiting));
    equal(object, 'sellable, and on hand at nodes', last(timeline).sellable, sum(own.map((node) => node.onHand)));
    const allocated = wait((unit) => unit.at === 'allocated' || unit.at === 'packed');
    equal(object, 'allocated at nodes, and to orders', sum(own.map((node) => node.allocated)), allocated);
  }
  const accounts = [...replayed.accounts].map(([object, timeline]) => ({ object, ...last(timeline) }));
  const total = (side: 'debits' | 'credits' | 'debitsPending' | 'creditsPending'): number =>
    sum(accounts.map((account) => account[side]));
  equal('the ledger', 'debits and credits', total('debits'), total('credits'));
  equal('the ledger', 'held debits and credits', total('debitsPending'), total('creditsPending'));
  const receivable = accounts.flatMap((account) => {
    const own = traits[account.object];
    return own?.kind === 'receivable' ? [balanceOf(account, own)] : [];
  });
  equal('the receivable', 'its balance, and what orders owe', sum(receivable), sum(orders.map(owedOf)));
}
