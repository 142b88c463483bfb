'use client';
import { Button, Modal } from '@mantine/core';
import { type FormEvent, type KeyboardEvent, type ReactNode, useCallback, useId, useRef, useState } from 'react';
import classes from './effect-dialog.module.css';
import { useMessages } from './locale.tsx';
import { type ReasonAsked, ReasonField, useLastReason } from './reason-field.tsx';
import { type ErrorShown, LoadingLines, useErrorText } from './states.tsx';

interface EffectDialogProps {
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

/** Where typing begins: a quantity before the switch above it. */
const FIELD = 'input:not([disabled], [type=radio]), textarea:not([disabled])';

/** The form inside; mounted anew each time the dialog opens, so that nothing of the last time is left in it. */
function EffectForm(props: EffectDialogProps) {
  const { t } = useMessages();
  const text = useErrorText();
  const [last, keepReason] = useLastReason(props.reason);
  const [given, setReason] = useState<string | null>(null);
  // A choice starts with the last one; a sentence is written anew.
  const reason = given ?? (props.reason?.options ? last : '');
  const [asked, setAsked] = useState(false);
  const form = useRef<HTMLFormElement | null>(null);
  const blockedId = useId();
  const missing = (props.reason?.required ?? false) && reason.trim() === '';
  const waits = props.preview === undefined || Boolean(props.blocked);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
    if (missing || waits || props.busy) return;
    if (props.reason) keepReason(reason.trim());
    props.onConfirm(reason.trim());
  };
  // The dialog's focus trap looks for this mark; without it, it would choose the close button.
  const adopt = useCallback((element: HTMLFormElement | null) => {
    form.current = element;
    const field = element?.querySelector(FIELD) ?? element?.querySelector('input:not([disabled])');
    field?.setAttribute('data-autofocus', '');
  }, []);
  const confirmByKey = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return;
    event.preventDefault();
    form.current?.requestSubmit();
  };
  const reasonError = asked && missing ? t('ui.reasonMissing') : undefined;
  return (
    <form ref={adopt} className={classes.form} onSubmit={submit} onKeyDown={confirmByKey}>
      {props.children}
      <section className={classes.preview} aria-label={t('ui.preview')} aria-live="polite">
        {props.preview === undefined ? <LoadingLines lines={2} /> : props.preview}
      </section>
      {props.reason && <ReasonField asked={props.reason} value={reason} onChange={setReason} error={reasonError} />}
      {props.details}
      {props.error && (
        <p className={classes.error} role="alert">
          {text(props.error)}
        </p>
      )}
      <div className={classes.buttons}>
        {props.blocked && (
          <p id={blockedId} className={classes.blocked}>
            {props.blocked}
          </p>
        )}
        <Button variant="default" onClick={props.onClose}>
          {t('ui.cancel')}
        </Button>
        <Button
          type="submit"
          color={props.danger ? 'red' : undefined}
          loading={props.busy}
          aria-disabled={waits || undefined}
          data-disabled={waits || undefined}
          aria-describedby={props.blocked ? blockedId : undefined}
        >
          {props.verb}
        </Button>
      </div>
    </form>
  );
}

/** Preview of the effect → reason → a verb button. ⌘Enter confirms, Esc closes, a refusal is said above the buttons. */
export function EffectDialog(props: EffectDialogProps) {
  const { t } = useMessages();
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={props.title}
      size={props.size ?? 'md'}
      closeButtonProps={{ 'aria-label': t('ui.close') }}
      closeOnClickOutside={!props.busy}
    >
      <EffectForm {...props} />
    </Modal>
  );
}
