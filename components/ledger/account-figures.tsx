'use client';
import { NumberInput, SegmentedControl, TextInput } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { parseAsInteger, parseAsString, useQueryStates } from 'nuqs';
import { useState } from 'react';
import type { AccountRow } from '../../server/views/accounts.ts';
import type { PastBalance } from '../../server/views/balances.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { CopyText } from '../ui/copy.tsx';
import { KeyValue, type Pair, Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages, usePreferences } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import classes from './ledger.module.css';

const pairOf =
  (currency: string) =>
  (label: string, amountMinor: bigint, strong = false): Pair => ({
    label,
    strong,
    value: <Money amountMinor={amountMinor} currency={currency} />,
  });

/** What the account has, what of it is held, and what may still be taken. */
function Now({ account }: { account: AccountRow }) {
  const { t } = useMessages();
  const pair = pairOf(account.currency);
  const limit = account.creditLimitMinor + account.overdraftMinor;
  const available = account.balanceMinor - account.pendingMinor + limit;
  return (
    <Section title={t('ledger.balance')}>
      <KeyValue
        figures
        items={[
          pair(t('ledger.balance'), account.balanceMinor, true),
          pair(t('ledger.held'), -account.pendingMinor),
          ...(account.creditLimitMinor > 0n ? [pair(t('ledger.limit'), account.creditLimitMinor)] : []),
          ...(account.overdraftMinor > 0n ? [pair(t('ledger.overdraft'), account.overdraftMinor)] : []),
          account.limited
            ? pair(t('ledger.available'), available, true)
            : { label: t('ledger.available'), value: t('ledger.unlimited') },
          pair(t('ledger.debits'), account.debitsPosted),
          pair(t('ledger.credits'), account.creditsPosted),
        ]}
      />
    </Section>
  );
}

/** The balance after a version or at the end of a day, chosen in the address. */
function Past({ account }: { account: AccountRow }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const { timeZone } = usePreferences();
  const [asked, ask] = useQueryStates({ asof: parseAsString, version: parseAsInteger }, { history: 'push' });
  const [by, setBy] = useState<'day' | 'version'>(asked.version === null ? 'day' : 'version');
  const version = asked.version !== null && asked.version >= 0 ? { id: account.id, version: asked.version } : null;
  const day = asked.asof !== null && /^\d{4}-\d\d-\d\d$/.test(asked.asof) ? { id: account.id, day: asked.asof, timeZone } : null;
  const found = useQuery({
    ...trpc.ledger.balance.queryOptions(version ?? day ?? { id: account.id, version: 0 }),
    enabled: version !== null || day !== null,
    placeholderData: keepPreviousData,
    retry: false,
  });
  return (
    <Section title={t('ledger.asOf')}>
      <div className={classes.asOf}>
        <SegmentedControl
          size="xs"
          aria-label={t('ledger.asOf')}
          value={by}
          onChange={(value) => setBy(value === 'version' ? 'version' : 'day')}
          data={[
            { value: 'day', label: t('ledger.endOfDay') },
            { value: 'version', label: t('ledger.version') },
          ]}
        />
        {by === 'day' ? (
          <TextInput
            type="date"
            aria-label={t('ledger.endOfDay')}
            value={asked.asof ?? ''}
            onChange={(event) => void ask({ asof: event.currentTarget.value || null, version: null })}
          />
        ) : (
          <NumberInput
            aria-label={t('ledger.version')}
            description={t('ledger.versionNow', { version: String(account.version) })}
            min={0}
            allowDecimal={false}
            value={asked.version ?? ''}
            onChange={(value) => void ask({ version: typeof value === 'number' ? value : null, asof: null })}
          />
        )}
        {(version || day) && (
          <Loaded data={found.data} error={shownError(found.error)} onRetry={() => void found.refetch()} lines={3}>
            {(past) => <PastFigures past={past} />}
          </Loaded>
        )}
      </div>
    </Section>
  );
}

function PastFigures({ past }: { past: PastBalance }) {
  const { t } = useMessages();
  const format = useFormat();
  const pair = pairOf(past.currency);
  return (
    <KeyValue
      figures
      items={[
        { label: t('ledger.when'), value: past.at ? format.dateTime(past.at) : t('ui.unknown') },
        { label: t('ledger.version'), value: <span className="wb-number">{String(past.version)}</span> },
        pair(t('ledger.balance'), past.balanceMinor, true),
        pair(t('ledger.held'), -past.heldMinor),
        pair(t('ledger.debits'), past.debitsMinor),
        pair(t('ledger.credits'), past.creditsMinor),
      ]}
    />
  );
}

function Facts({ account }: { account: AccountRow }) {
  const { t, word } = useMessages();
  return (
    <Section title={t('ledger.account')}>
      <KeyValue
        items={[
          { label: t('ledger.kind'), value: word('ledger.accountKinds', account.kind) },
          { label: t('ledger.normal'), value: t(`ledger.side.${account.normalSide}`) },
          { label: t('ledger.currency'), value: account.currency },
          { label: t('ledger.version'), value: <span className="wb-number">{String(account.version)}</span> },
          { label: t('ledger.opened'), value: <TimeAgo at={account.createdAt} /> },
          { label: t('ledger.code'), value: <CopyText value={account.code} mono /> },
        ]}
      />
    </Section>
  );
}

/** An account's figures, now and in the past. */
export function AccountFigures({ account }: { account: AccountRow }) {
  return (
    <>
      <Now account={account} />
      <Past account={account} />
      <Facts account={account} />
    </>
  );
}
