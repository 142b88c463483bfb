'use client';
import { ActionIcon } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useRouter } from 'next/navigation';
import { parseAsStringLiteral, useQueryState } from 'nuqs';
import { useEffect, useRef, useState } from 'react';
import type { WalletView } from '../../server/views/wallets.ts';
import { shownError } from '../trpc.tsx';
import { useMessages } from '../ui/locale.tsx';
import { EmptyState, Loaded } from '../ui/states.tsx';
import { AmountStep } from './amount-step.tsx';
import type { Draft, MoveKind } from './draft.ts';
import move from './move.module.css';
import { RecipientStep } from './recipient-step.tsx';
import { Done, ReviewStep } from './review-step.tsx';
import { useWallets, withWallet } from './use-wallets.ts';
import classes from './wallet.module.css';
import { WalletSwitcher } from './wallet-switcher.tsx';

const STEPS = ['who', 'amount', 'review', 'done'] as const;
type Step = (typeof STEPS)[number];
const NOTHING: Draft = { recipient: null, amountMinor: null, note: '' };

/** The step that the address names, or the last one that what was said so far allows. */
function allowed(step: Step, draft: Draft): Step {
  if (!draft.recipient) return 'who';
  if (draft.amountMinor === null && step !== 'who') return 'amount';
  return step;
}

function Steps({
  kind,
  wallet,
  wallets,
  choose,
}: {
  kind: MoveKind;
  wallet: WalletView;
  wallets: readonly WalletView[];
  choose: (id: string) => void;
}) {
  const { t } = useMessages();
  const router = useRouter();
  const [wanted, setStep] = useQueryState(
    'step',
    parseAsStringLiteral(STEPS).withDefault('who').withOptions({ history: 'push' }),
  );
  const [draft, setDraft] = useState(NOTHING);
  const step = allowed(wanted, draft);
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef(step);
  // Whoever cannot see the page change hears where they are.
  useEffect(() => {
    if (shown.current !== step) heading.current?.focus();
    shown.current = step;
  }, [step]);
  const home = withWallet('/account/wallet', wallet);
  const back = step === 'who' || step === 'done' ? () => router.push(home) : () => router.back();
  return (
    <div className={`${classes.single} ${move.step}`}>
      <div className={move.stepHead}>
        <ActionIcon size={36} aria-label={t('wallet.back')} onClick={back}>
          <IconArrowLeft size={20} aria-hidden />
        </ActionIcon>
        <h1 ref={heading} tabIndex={-1} className={move.stepTitle} style={{ outline: 'none' }}>
          {t(`wallet.steps.${kind}.${step}`)}
        </h1>
      </div>
      {step === 'who' && (
        <RecipientStep
          onChoose={(recipient) => {
            setDraft({ ...draft, recipient });
            void setStep('amount');
          }}
        />
      )}
      {step === 'amount' && draft.recipient && (
        <AmountStep
          kind={kind}
          wallet={wallet}
          recipient={draft.recipient}
          draft={draft}
          switcher={<WalletSwitcher wallets={wallets} chosen={wallet} onChoose={choose} />}
          onSay={(said) => {
            setDraft({ ...draft, ...said });
            void setStep('review');
          }}
        />
      )}
      {step === 'review' && draft.recipient && draft.amountMinor !== null && (
        <ReviewStep
          kind={kind}
          wallet={wallet}
          recipient={draft.recipient}
          amountMinor={draft.amountMinor}
          note={draft.note}
          onDone={() => void setStep('done', { history: 'replace' })}
        />
      )}
      {step === 'done' && draft.recipient && draft.amountMinor !== null && (
        <Done
          kind={kind}
          home={home}
          recipient={draft.recipient}
          amountMinor={draft.amountMinor}
          currency={wallet.currency}
          onAgain={() => {
            setDraft(NOTHING);
            void setStep('who', { history: 'replace' });
          }}
        />
      )}
    </div>
  );
}

/** Sends money, or asks for it: to whom, how much, a last look, done. Back goes back a step. */
export function MoveMoney({ kind }: { kind: MoveKind }) {
  const { t } = useMessages();
  const { mine, wallets, chosen, choose } = useWallets();
  return (
    <Loaded data={mine.data} error={shownError(mine.error)} onRetry={() => void mine.refetch()} lines={6}>
      {() =>
        chosen ? (
          <Steps kind={kind} wallet={chosen} wallets={wallets} choose={choose} />
        ) : (
          <EmptyState title={t('wallet.none')} reason={t('wallet.noneText')} />
        )
      }
    </Loaded>
  );
}
