'use client';
import { Button } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { grouped } from '../../server/kernel/iban.ts';
import type { TopUpView } from '../../server/views/rails.ts';
import type { WalletView } from '../../server/views/wallets.ts';
import { useLive } from '../live.tsx';
import { usePayWords } from '../pay/use-pay-words.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { CopyText } from '../ui/copy.tsx';
import { KeyValue } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { Loaded } from '../ui/states.tsx';
import move from '../wallet/move.module.css';
import { withWallet } from '../wallet/use-wallets.ts';

const ENDED: readonly string[] = ['succeeded', 'failed', 'expired'];
/** Beside what the live stream tells: somebody stands and waits. */
const LOOK_MS = 2_000;

interface Props {
  readonly id: string;
  readonly wallet: WalletView;
  readonly onAgain: () => void;
}

/** How a top up stands, moving on by itself. */
export function TopUpOutcome({ id, wallet, onAgain }: Props) {
  const trpc = useTRPC();
  const topUp = useQuery({
    ...trpc.rails.topUp.queryOptions({ id }),
    refetchInterval: ({ state }) => (state.data && ENDED.includes(state.data.status) ? false : LOOK_MS),
  });
  useLive(['wallet'], { queryKeys: [trpc.rails.topUp.queryKey({ id }), trpc.wallet.pathKey()] });
  return (
    <Loaded data={topUp.data} error={shownError(topUp.error)} onRetry={() => void topUp.refetch()} lines={5}>
      {(found) => <Outcome topUp={found} wallet={wallet} onAgain={onAgain} />}
    </Loaded>
  );
}

function Outcome({ topUp, wallet, onAgain }: { topUp: TopUpView; wallet: WalletView; onAgain: () => void }) {
  const { t } = useMessages();
  const succeeded = topUp.status === 'succeeded';
  const over = ENDED.includes(topUp.status);
  return (
    <>
      <div className={move.done}>
        {over && (
          <span className={move.doneMark} aria-hidden>
            {succeeded ? <IconCheck size={36} stroke={2} /> : <IconX size={36} stroke={2} />}
          </span>
        )}
        <p className={move.doneAmount}>
          <Money amountMinor={succeeded ? topUp.creditedMinor : topUp.amountMinor} currency={topUp.currency} />
        </p>
        <StatusBadge kind="topUp" value={topUp.status} />
        <Sentence topUp={topUp} />
      </div>
      {topUp.method === 'bank' && !succeeded && <Instructions topUp={topUp} />}
      <div className={`${move.footer} ${move.step}`} style={{ gap: 8 }}>
        {topUp.actionUrl && topUp.status === 'requires_action' && (
          <Button component="a" href={topUp.actionUrl} fullWidth className={move.big}>
            {t('rails.confirmAtBank')}
          </Button>
        )}
        <Button
          component={Link}
          href={withWallet('/account/wallet', wallet)}
          fullWidth
          className={move.big}
          variant={topUp.status === 'requires_action' ? 'default' : 'filled'}
        >
          {t('wallet.finish')}
        </Button>
        {over && (
          <Button variant="subtle" fullWidth className={move.big} onClick={onAgain}>
            {t(succeeded ? 'rails.again' : 'rails.tryAgain')}
          </Button>
        )}
      </div>
    </>
  );
}

function Sentence({ topUp }: { topUp: TopUpView }) {
  const { t } = useMessages();
  const { declineText } = usePayWords();
  const text = topUp.status === 'failed' ? declineText(topUp.failure?.code ?? null) : t(`rails.sentences.${topUp.status}`);
  return (
    <p className={move.said} role="status">
      {text}
    </p>
  );
}

/** Where to transfer to, each part to copy. */
function Instructions({ topUp }: { topUp: TopUpView }) {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const account = useQuery(trpc.rails.collectionAccount.queryOptions({ currency: topUp.currency }));
  const copy = (value: string, shown: string, what: string) => <CopyText value={value} shown={shown} what={what} mono />;
  return (
    <Loaded data={account.data} error={shownError(account.error)} onRetry={() => void account.refetch()} lines={5}>
      {({ iban, bic, bankName, holder }) => (
        <KeyValue
          items={[
            {
              label: t('rails.reference'),
              value: copy(topUp.reference ?? '', grouped(topUp.reference ?? ''), t('rails.reference')),
              strong: true,
            },
            { label: t('rails.amount'), value: format.money(topUp.amountMinor, topUp.currency) },
            { label: t('rails.holder'), value: copy(holder, holder, t('rails.holder')) },
            { label: t('rails.iban'), value: copy(iban, grouped(iban), t('rails.iban')) },
            { label: t('rails.bic'), value: copy(bic, bic, t('rails.bic')) },
            { label: t('rails.bank'), value: bankName },
          ]}
        />
      )}
    </Loaded>
  );
}
