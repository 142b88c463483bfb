'use client';
import type { ReactNode } from 'react';
import { later } from './later.tsx';
import type { ReasonAsked } from './reason-field.tsx';
import type { ErrorShown } from './states.tsx';

export interface EffectDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  /** "Refund EU-10432". */
  readonly title: string;
  /** What is asked, above the preview: units, amount. */
  readonly children?: ReactNode;
  /** What will happen, from the server's plan. Undefined while it is worked out: the button waits for it. Null where there is nothing to say. */
  readonly preview: ReactNode | undefined;
  /** Ask why. With `options` a choice, else free text. Left out: nothing is asked. */
  readonly reason?: ReasonAsked;
  /** What may be added to the reason: a note. */
  readonly details?: ReactNode;
  /** A verb with its object: "Refund €12.40". Never "OK". */
  readonly verb: string;
  readonly danger?: boolean;
  /** Why it cannot be confirmed yet; stays visible beside the button. */
  readonly blocked?: string | null;
  readonly error?: ErrorShown;
  readonly busy: boolean;
  readonly onConfirm: (reason: string) => void;
  readonly size?: string;
}

/** Preview of the effect → reason → a verb button. ⌘Enter confirms, Esc closes, a refusal is said above the buttons. */
export const EffectDialog = later<EffectDialogProps>(() => import('./effect-dialog-box.tsx').then((box) => box.EffectDialogBox));
