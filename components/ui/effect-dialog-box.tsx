'use client';
import { Button, Modal } from '@mantine/core';
import { type FormEvent, type KeyboardEvent, useCallback, useId, useRef, useState } from 'react';
import classes from './effect-dialog.module.css';
import type { EffectDialogProps } from './effect-dialog.tsx';
import { useMessages } from './locale.tsx';
import { ReasonField, useLastReason } from './reason-field.tsx';
import { LoadingLines, useErrorText } from './states.tsx';

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
    if (element?.querySelector('[data-autofocus]')) return;
    const field = [FIELD, 'input:not([disabled])', '[data-first]'].map((what) => element?.querySelector(what)).find(Boolean);
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
        {/* Where nothing is asked the keyboard begins at the button that does no harm. */}
        <Button variant="default" onClick={props.onClose} data-first={props.danger || undefined}>
          {t('ui.cancel')}
        </Button>
        <Button
          type="submit"
          data-first={!props.danger || undefined}
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

/** What `EffectDialog` is, once it was loaded. */
export function EffectDialogBox(props: EffectDialogProps) {
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
