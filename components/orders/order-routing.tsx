'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Alternative, Leg } from '../../server/domains/routing/explain.ts';
import type { OrderPage } from '../../server/views/order.ts';
import type { DecisionRow } from '../../server/views/routing.ts';
import { usePowers } from '../powers.ts';
import classes from '../routing/routing.module.css';
import { useTRPC } from '../trpc.tsx';
import { KeyValue, type Pair, Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';

/** Why the order's units are where they are. Nothing where nobody had to choose. */
export function OrderRouting({ order }: { order: OrderPage['order'] }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const may = usePowers().may('routing.decisions');
  // A decision comes with an event of the order: as the page is read again with it, so is this.
  const decisions = useQuery(
    trpc.routing.decisions.queryOptions(
      { orderId: order.id, version: Number(order.version) },
      { enabled: may, placeholderData: keepPreviousData },
    ),
  );
  if (!decisions.data || decisions.data.length === 0) return null;
  return (
    <Section title={t('routing.why.title')} count={decisions.data.length}>
      {decisions.data.map((decision) => (
        <Decision key={decision.id} decision={decision} />
      ))}
    </Section>
  );
}

function Decision({ decision }: { decision: DecisionRow }) {
  const { t, word } = useMessages();
  const format = useFormat();
  const { explanation, currency } = decision;
  const money = (minor: number) => format.money(BigInt(minor), currency);
  return (
    <div className={classes.why}>
      <p className={classes.text}>
        <TimeAgo at={decision.at} /> · {word('routing.why.causes', decision.reason)} ·{' '}
        {decision.rulesNumber === null ? t('routing.why.byDefaults') : t('routing.why.by', { number: decision.rulesNumber })}
      </p>
      {explanation.legs.map((leg) => (
        <ChosenLeg key={leg.nodeId} leg={leg} currency={currency} />
      ))}
      {explanation.legs.length > 0 && (
        <KeyValue
          figures
          items={[
            ...(explanation.splitMinor > 0 ? [{ label: t('routing.why.split'), value: money(explanation.splitMinor) }] : []),
            { label: t('routing.why.total'), value: money(explanation.costMinor), strong: true },
          ]}
        />
      )}
      {explanation.missing > 0 && <p>{t('routing.why.missing', { count: explanation.missing })}</p>}
      {explanation.safety > 0 && <p>{t('routing.why.safety', { count: explanation.safety })}</p>}
      {explanation.alternatives.length > 0 && (
        <>
          <h3 className={classes.others}>{t('routing.why.others')}</h3>
          <ul className={classes.list}>
            {explanation.alternatives.map((other) => (
              <li key={other.nodeId} className={classes.item}>
                <strong>{other.name}</strong> <Reason other={other} money={money} />
              </li>
            ))}
          </ul>
        </>
      )}
      <p className={classes.text}>{t(`routing.why.solver.${decision.solver}`)}</p>
    </div>
  );
}

function Reason({ other, money }: { other: Alternative; money: (minor: number) => string }) {
  const { t } = useMessages();
  const vars = { rule: other.rule ?? '', units: other.units, cost: other.costMinor === null ? '' : money(other.costMinor) };
  return <span>{t(`routing.why.reasons.${other.why}`, vars)}</span>;
}

function ChosenLeg({ leg, currency }: { leg: Leg; currency: string }) {
  const { t } = useMessages();
  const format = useFormat();
  const money = (minor: number) => format.money(BigInt(minor), currency);
  const costs: Pair[] = [
    { label: t('routing.why.shipping'), value: money(leg.shippingMinor) },
    { label: t('routing.why.handling'), value: money(leg.handlingMinor) },
    ...(leg.lateMinor > 0 ? [{ label: t('routing.why.lateness'), value: money(leg.lateMinor) }] : []),
    ...(leg.discountMinor > 0
      ? [{ label: `${t('routing.why.discount')}: ${leg.preferredBy.join(', ')}`, value: money(-leg.discountMinor) }]
      : []),
  ];
  return (
    <div>
      <p>
        <strong>{leg.name}</strong> ·{' '}
        {t('routing.why.sends', { units: leg.units, parcels: leg.parcels, day: format.day(leg.arrives) })}
        {leg.lateDays > 0 && ` · ${t('routing.why.late', { days: leg.lateDays })}`}
      </p>
      <KeyValue figures items={costs} />
    </div>
  );
}
