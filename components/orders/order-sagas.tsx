'use client';
import type { OrderPage } from '../../server/views/order.ts';
import type { SagaView } from '../../server/views/order-story.ts';
import { StatusBadge } from '../ui/badge.tsx';
import { KeyValue, type Pair, Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import classes from './order-page.module.css';
import { SagaActions } from './saga-actions.tsx';

function useSagaFacts(saga: SagaView): Pair[] {
  const { t } = useMessages();
  const facts: Pair[] = [{ label: t('orders.step'), value: <span className="wb-mono">{saga.step}</span> }];
  if (saga.attempt > 0) facts.push({ label: t('orders.attempts'), value: t('orders.sagaAttempt', { count: saga.attempt }) });
  if (saga.status === 'done') {
    if (saga.outcome) facts.push({ label: t('orders.status'), value: t(`orders.outcome.${saga.outcome}`) });
    return facts;
  }
  if (saga.status !== 'stuck') facts.push({ label: t('orders.wakesAt'), value: <TimeAgo at={saga.wakeAt} /> });
  if (saga.deadline) facts.push({ label: t('orders.deadline'), value: <TimeAgo at={saga.deadline} /> });
  return facts;
}

function Saga({ page, saga }: { page: OrderPage; saga: SagaView }) {
  const facts = useSagaFacts(saga);
  return (
    <li className={classes.block}>
      <div className={classes.blockHead}>
        <span className={`${classes.strong} wb-mono`}>{saga.kind}</span>
        <StatusBadge kind="saga" value={saga.status} />
      </div>
      <KeyValue items={facts} />
      {saga.error && <p className={classes.failure}>{saga.error.message ?? saga.error.code}</p>}
      <SagaActions page={page} saga={saga} />
    </li>
  );
}

/** Where each of the order's sagas stands: its step, attempts, error and next run. */
export function OrderSagas({ page }: { page: OrderPage }) {
  const { sagas } = page;
  const { t } = useMessages();
  return (
    <Section title={t('orders.sagas')} count={sagas.length}>
      {sagas.length === 0 && <span className={classes.dim}>{t('orders.noSagas')}</span>}
      <ul className={classes.blocks}>
        {sagas.map((saga) => (
          <Saga key={saga.id} page={page} saga={saga} />
        ))}
      </ul>
    </Section>
  );
}
