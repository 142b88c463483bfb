'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { type GiftCardAction, mayChange } from '../../server/domains/gift-cards/rules.ts';
import type { GiftCardPage } from '../../server/views/gift-cards.ts';
import { useActorName } from '../actor-name.ts';
import { useLive } from '../live.tsx';
import { useOverlay } from '../overlay.ts';
import { usePowers } from '../powers.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { Id } from '../ui/copy.tsx';
import { DetailLayout, KeyValue, Section } from '../ui/detail-layout.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { TenderEntries } from './tender-entries.tsx';

const ACTIONS = ['freeze', 'unfreeze', 'void'] as const satisfies readonly GiftCardAction[];

function Change({ page, action, onClose }: { page: GiftCardPage; action: GiftCardAction; onClose: () => void }) {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const { card } = page;
  const change = useMutation(
    trpc.giftCards.change.mutationOptions({
      onSuccess: onClose,
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.giftCards.pathFilter()),
    }),
  );
  const left = format.money(card.balanceMinor - card.heldMinor, card.currency);
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t(`giftCards.actions.${action}.title`, { last4: card.last4 })}
      preview={<p>{t(`giftCards.actions.${action}.effect`, { left })}</p>}
      reason={{ required: true, remember: 'gift-card' }}
      verb={t(`giftCards.actions.${action}.verb`)}
      danger={action === 'void'}
      error={shownError(change.error)}
      busy={change.isPending}
      onConfirm={(reason) => change.mutate(request.keyed({ giftCardId: card.id, action, reason }))}
    />
  );
}

function Facts({ page: { card, issuedBy } }: { page: GiftCardPage }) {
  const { t, word } = useMessages();
  const actor = useActorName();
  const money = (minor: bigint) => <Money amountMinor={minor} currency={card.currency} />;
  return (
    <>
      <Section title={t('giftCards.balance')}>
        <KeyValue
          figures
          items={[
            { label: t('giftCards.initial'), value: money(card.initialMinor) },
            { label: t('giftCards.held'), value: money(card.heldMinor) },
            { label: t('giftCards.balance'), value: money(card.balanceMinor), strong: true },
          ]}
        />
      </Section>
      <Section title={t('giftCards.details')}>
        <KeyValue
          items={[
            { label: t('giftCards.merchant'), value: card.merchantName },
            ...(card.customerId
              ? [
                  {
                    label: t('giftCards.customer'),
                    value: <Link href={`/customers/${card.customerId}`}>{card.customerName ?? t('ui.unknown')}</Link>,
                  },
                ]
              : []),
            { label: t('giftCards.reason'), value: word('giftCards.reasons', card.reason) },
            ...(card.note ? [{ label: t('giftCards.note'), value: card.note }] : []),
            { label: t('giftCards.issuedBy'), value: actor(issuedBy) },
            { label: t('giftCards.issued'), value: <TimeAgo at={card.createdAt} exact /> },
            {
              label: t('giftCards.expires'),
              value: card.expiresAt ? <TimeAgo at={card.expiresAt} exact /> : t('giftCards.never'),
            },
          ]}
        />
      </Section>
    </>
  );
}

function Body({ page }: { page: GiftCardPage }) {
  const { t } = useMessages();
  const powers = usePowers();
  const overlay = useOverlay(ACTIONS);
  const { card } = page;
  const header = (
    <PageHeader
      breadcrumbs={[{ label: t('giftCards.title'), href: '/gift-cards' }]}
      title={t('giftCards.ending', { last4: card.last4 })}
      sub={<Id value={card.id} />}
      badges={<StatusBadge kind="giftCard" value={card.status} />}
      secondary={
        powers.may('giftCards.change') &&
        ACTIONS.filter((action) => action !== (card.status === 'frozen' ? 'freeze' : 'unfreeze')).map((action) => {
          const may = mayChange(card.status, action);
          return (
            <ActionButton
              key={action}
              label={t(`giftCards.actions.${action}.verb`)}
              variant="default"
              reason={may.allowed ? null : may.why}
              onClick={() => overlay.show(action)}
            />
          );
        })
      }
    />
  );
  return (
    <DetailLayout header={header} aside={<Facts page={page} />}>
      <TenderEntries entries={page.entries} currency={card.currency} />
      {overlay.open && mayChange(card.status, overlay.open).allowed && (
        <Change page={page} action={overlay.open} onClose={overlay.close} />
      )}
    </DetailLayout>
  );
}

/** One gift card: what is on it, what happened on it, and what can be done about it. */
export function GiftCardDetail({ id }: { id: string }) {
  const trpc = useTRPC();
  const card = useQuery(trpc.giftCards.get.queryOptions({ id }));
  useLive([`gift_card:${id}`], { queryKeys: [trpc.giftCards.get.queryKey({ id })] });
  return (
    <Loaded data={card.data} error={shownError(card.error)} onRetry={() => void card.refetch()} lines={8}>
      {(page) => <Body page={page} />}
    </Loaded>
  );
}
