'use client';
import { IconArrowBackUp, IconArrowRight } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { shortId } from '../../server/kernel/ids.ts';
import type { TransferPage, TransferRow, TransferSide } from '../../server/views/transfers.ts';
import { useActorName } from '../actor-name.ts';
import { useOverlay } from '../overlay.ts';
import { usePowers } from '../powers.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { CopyText, Id } from '../ui/copy.tsx';
import { DetailLayout, KeyValue, type Pair, Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { SideName } from './account-name.tsx';
import classes from './ledger.module.css';
import { useLedgerWords } from './ledger-words.ts';
import { leftToReverse, ReverseDialog } from './reverse-dialog.tsx';
import { TransferTable } from './transfer-table.tsx';

function Side({ side, label, currency }: { side: TransferSide; label: string; currency: string }) {
  const { t } = useMessages();
  return (
    <div className={classes.side}>
      <span className={classes.sideLabel}>{label}</span>
      <span className={classes.sideName}>
        <SideName side={side} />
      </span>
      {side.balanceMinor !== null && (
        <span className={classes.sideFact}>
          {t('ledger.after')} <Money amountMinor={side.balanceMinor} currency={currency} />
        </span>
      )}
      {side.version !== null && (
        <span className={classes.sideFact}>{t('ledger.atVersion', { version: String(side.version) })}</span>
      )}
    </div>
  );
}

/** From where to where, how much, and what both sides had after it. */
function Movement({ transfer }: { transfer: TransferRow }) {
  const { t } = useMessages();
  return (
    <Section title={t('ledger.movement')}>
      <div className={classes.sides}>
        <Side side={transfer.debit} label={t('payments.debit')} currency={transfer.currency} />
        <div className={classes.flow}>
          <Money amountMinor={transfer.amountMinor} currency={transfer.currency} withCode />
          <IconArrowRight size={20} aria-hidden />
        </div>
        <Side side={transfer.credit} label={t('payments.credit')} currency={transfer.currency} />
      </div>
    </Section>
  );
}

function Hold({ hold }: { hold: NonNullable<TransferPage['hold']> }) {
  const { t } = useMessages();
  const [first] = hold.steps;
  const currency = first?.currency ?? '';
  return (
    <Section title={t('ledger.holdStory')} actions={<StatusBadge kind="ledgerHold" value={hold.status} />}>
      <KeyValue
        figures
        items={[
          { label: t('ledger.held'), value: <Money amountMinor={hold.amountMinor} currency={currency} /> },
          { label: t('ledger.stillHeld'), value: <Money amountMinor={hold.remainingMinor} currency={currency} />, strong: true },
          { label: t('ledger.expires'), value: hold.expiresAt ? <TimeAgo at={hold.expiresAt} exact /> : t('ledger.never') },
        ]}
      />
      <TransferTable rows={hold.steps} label={t('ledger.holdStory')} />
    </Section>
  );
}

function Facts({ transfer }: { transfer: TransferRow }) {
  const { t } = useMessages();
  const actor = useActorName();
  const optional: (Pair | false)[] = [
    transfer.orderNumber !== null && {
      label: t('ledger.order'),
      value: <Link href={`/orders/${transfer.orderNumber}`}>{transfer.orderNumber}</Link>,
    },
    transfer.paymentId !== null && {
      label: t('ledger.payment'),
      value: <Link href={`/payments/${transfer.paymentId}`}>{shortId(transfer.paymentId)}</Link>,
    },
    transfer.reverses !== null && {
      label: t('ledger.reverses'),
      value: <Link href={`/ledger/transfers/${transfer.reverses}`}>{shortId(transfer.reverses)}</Link>,
    },
    transfer.reference !== null && { label: t('ledger.reference'), value: <CopyText value={transfer.reference} mono /> },
  ];
  return (
    <Section title={t('ledger.facts')}>
      <KeyValue
        items={[
          { label: t('ledger.when'), value: <TimeAgo at={transfer.at} exact /> },
          { label: t('ledger.by'), value: actor(transfer.actor) },
          ...optional.filter((pair): pair is Pair => pair !== false),
          {
            label: t('ledger.journal'),
            value: <Link href={`/ledger/journals/${transfer.journalId}`}>{shortId(transfer.journalId)}</Link>,
          },
          { label: t('ledger.transfer'), value: <Id value={transfer.id} /> },
          { label: t('ledger.trace'), value: <CopyText value={transfer.traceId} shown={transfer.traceId.slice(0, 8)} mono /> },
        ]}
      />
    </Section>
  );
}

function Body({ page }: { page: TransferPage }) {
  const { t } = useMessages();
  const words = useLedgerWords();
  const { transfer, siblings, hold, reversedBy } = page;
  const powers = usePowers();
  const { open, show, close } = useOverlay(['reverse']);
  const why =
    leftToReverse(page) > 0n
      ? transfer.orderNumber
        ? t('ledger.ofOrders')
        : null
      : t(reversedBy.length > 0 ? 'ledger.alreadyReversed' : 'ledger.movedNothing');
  return (
    <DetailLayout
      header={
        <PageHeader
          breadcrumbs={[{ label: t('ledger.title'), href: '/ledger' }]}
          title={`${words.transfer(transfer.kind)} ${shortId(transfer.id)}`}
          badges={<StatusBadge kind="transferPhase" value={transfer.phase} />}
          sub={<TimeAgo at={transfer.at} />}
          secondary={
            powers.may('ledger.proposeReversal') && (
              <ActionButton
                variant="default"
                icon={IconArrowBackUp}
                label={t('ledger.reverse')}
                reason={why}
                onClick={() => show('reverse')}
              />
            )
          }
        />
      }
      aside={<Facts transfer={transfer} />}
    >
      <Movement transfer={transfer} />
      {reversedBy.length > 0 && (
        <Section title={t('ledger.reversedBy')} count={reversedBy.length}>
          <TransferTable rows={reversedBy} label={t('ledger.reversedBy')} />
        </Section>
      )}
      {open === 'reverse' && why === null && <ReverseDialog page={page} onClose={close} />}
      {hold && <Hold hold={hold} />}
      {siblings.length > 0 && (
        <Section title={t('ledger.siblings')} count={siblings.length}>
          <TransferTable rows={siblings} label={t('ledger.siblings')} />
        </Section>
      )}
    </DetailLayout>
  );
}

/** One transfer: its accounts with their balances after it, its journal, its hold, and who made it for what. */
export function TransferDetail({ id }: { id: string }) {
  const trpc = useTRPC();
  const transfer = useQuery(trpc.ledger.transfer.queryOptions({ id }));
  return (
    <Loaded data={transfer.data} error={shownError(transfer.error)} onRetry={() => void transfer.refetch()} lines={8}>
      {(page) => <Body page={page} />}
    </Loaded>
  );
}
