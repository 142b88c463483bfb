'use client';
import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Section } from '../ui/detail-layout.tsx';
import { MoneyInput, QuantityInput } from '../ui/form-fields.tsx';
import { useMessages } from '../ui/locale.tsx';
import classes from './simulators.module.css';
import { useSimulatorActions } from './use-simulator.ts';

const MOST_ROWS = 100;
const TRANSFERRED_IN = 'EUR';

/** Somebody transfers money to the house, right or wrong. */
export function TransferIn() {
  const { t } = useMessages();
  const { happen } = useSimulatorActions();
  const [reference, setReference] = useState('');
  const [amount, setAmount] = useState<bigint | null>(null);
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (amount === null || amount <= 0n) return;
    happen.mutate({ what: 'transfer', reference, amountMinor: Number(amount), currency: TRANSFERRED_IN });
  };
  return (
    <Section title={t('simulators.happen.transfer')}>
      <form className={classes.fields} onSubmit={send}>
        <TextInput
          label={t('simulators.happen.reference')}
          description={t('simulators.happen.referenceText')}
          value={reference}
          onChange={(event) => setReference(event.currentTarget.value)}
        />
        <MoneyInput label={t('simulators.amount')} currency={TRANSFERRED_IN} value={amount} onChange={setAmount} />
        <Button type="submit" variant="default" loading={happen.isPending}>
          {t('simulators.happen.send')}
        </Button>
      </form>
    </Section>
  );
}

/** A bank gives up what it held, before its day. */
export function LapseNow() {
  const { t } = useMessages();
  const { happen } = useSimulatorActions();
  const [paymentRef, setPaymentRef] = useState('');
  const take = (event: FormEvent) => {
    event.preventDefault();
    happen.mutate({ what: 'lapse', paymentRef: paymentRef.trim() });
  };
  return (
    <Section title={t('simulators.happen.lapse')}>
      <form className={classes.fields} onSubmit={take}>
        <TextInput
          label={t('simulators.happen.payment')}
          placeholder={t('simulators.happen.example')}
          value={paymentRef}
          onChange={(event) => setPaymentRef(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" loading={happen.isPending} disabled={paymentRef.trim() === ''}>
          {t('simulators.happen.giveUp')}
        </Button>
      </form>
    </Section>
  );
}

/** A cardholder's bank asks about a payment, takes it back, and decides. */
export function CardholdersBank() {
  const { t } = useMessages();
  const { happen } = useSimulatorActions();
  const [paymentRef, setPaymentRef] = useState('');
  const named = paymentRef.trim();
  const steps = [
    { key: 'take', input: { what: 'dispute' as const, paymentRef: named } },
    { key: 'ask', input: { what: 'dispute' as const, paymentRef: named, inquiry: true } },
    { key: 'win', input: { what: 'verdict' as const, paymentRef: named, status: 'won' as const } },
    { key: 'lose', input: { what: 'verdict' as const, paymentRef: named, status: 'lost' as const } },
  ] as const;
  return (
    <Section title={t('simulators.happen.dispute')}>
      <div className={classes.fields}>
        <TextInput
          label={t('simulators.happen.payment')}
          placeholder={t('simulators.happen.example')}
          value={paymentRef}
          onChange={(event) => setPaymentRef(event.currentTarget.value)}
        />
        {steps.map(({ key, input }) => (
          <Button
            key={key}
            variant="default"
            loading={happen.isPending}
            disabled={named === ''}
            onClick={() => happen.mutate(input)}
          >
            {t(`simulators.happen.${key}`)}
          </Button>
        ))}
      </div>
    </Section>
  );
}

/** Makes the provider's report of its bookings wrong, for reconciliation to find. */
export function WrongReport() {
  const { t } = useMessages();
  const { happen } = useSimulatorActions();
  const [missing, setMissing] = useState<number | null>(0);
  const [extra, setExtra] = useState<number | null>(0);
  const [other, setOther] = useState<number | null>(0);
  const change = (event: FormEvent) => {
    event.preventDefault();
    happen.mutate({ what: 'report', missing: missing ?? 0, extra: extra ?? 0, otherAmount: other ?? 0 });
  };
  return (
    <Section title={t('simulators.happen.report')}>
      <form className={classes.fields} onSubmit={change}>
        <QuantityInput label={t('simulators.happen.missing')} value={missing} onChange={setMissing} max={MOST_ROWS} />
        <QuantityInput label={t('simulators.happen.extra')} value={extra} onChange={setExtra} max={MOST_ROWS} />
        <QuantityInput label={t('simulators.happen.other')} value={other} onChange={setOther} max={MOST_ROWS} />
        <Button type="submit" variant="default" loading={happen.isPending}>
          {t('simulators.happen.change')}
        </Button>
      </form>
    </Section>
  );
}
