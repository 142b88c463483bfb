'use client';
import { TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { shownError } from '../trpc.tsx';
import { EffectDialog, type EffectDialogProps } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { type Figure, PlanPreview } from './plan-preview.tsx';
import type { Plan } from './use-plan.ts';

/** The longest note that is kept with an order. */
const NOTE_MAX = 1_000;

interface Said {
  readonly reason: string;
  readonly note: string | undefined;
}

interface Props<I, P> extends Pick<EffectDialogProps, 'onClose' | 'title' | 'children' | 'reason' | 'verb' | 'danger' | 'size'> {
  readonly planned: Plan<I, P>;
  readonly figures: (plan: P) => Figure[];
  /** What the figures do not say. */
  readonly effect?: (plan: P) => ReactNode;
  /** Why nothing is planned yet. */
  readonly blocked: string | null;
  readonly sending: { readonly error: unknown; readonly isPending: boolean };
  /** Offers a note beside the reason. */
  readonly noted?: boolean;
  /** Carries out just the plan that is shown. */
  readonly onConfirm: (planned: I & { fingerprint: string }, said: Said) => void;
}

/** The dialog of a verb that the server plans first: what is asked, what comes of it, why, do it. */
export function PlanDialog<I extends object, P extends { readonly fingerprint: string }>(props: Props<I, P>) {
  const { planned, figures, effect, blocked, sending, noted, onConfirm, ...dialog } = props;
  const { input, plan, was, error } = planned;
  const { t } = useMessages();
  const [note, setNote] = useState('');
  const waiting = blocked || error ? null : undefined;
  return (
    <EffectDialog
      {...dialog}
      opened
      preview={
        plan ? (
          <PlanPreview figures={figures(plan)} was={was && figures(was)}>
            {effect?.(plan)}
          </PlanPreview>
        ) : (
          waiting
        )
      }
      details={
        noted && (
          <TextInput
            label={t('actions.note')}
            description={t('actions.noteHint')}
            maxLength={NOTE_MAX}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
        )
      }
      blocked={blocked}
      error={shownError(sending.error ?? error)}
      busy={sending.isPending}
      onConfirm={(reason) =>
        plan && input && onConfirm({ ...input, fingerprint: plan.fingerprint }, { reason, note: note.trim() || undefined })
      }
    />
  );
}
