'use client';
import {
  type Icon,
  IconAlertTriangle,
  IconArrowRight,
  IconCheck,
  IconHelp,
  IconInfoCircle,
  IconRefresh,
} from '@tabler/icons-react';
import type { CSSProperties, ReactNode } from 'react';
import classes from './bars.module.css';
import { useMessages } from './locale.tsx';
import type { Tone } from './tokens.ts';

const ICONS: Readonly<Record<Tone, Icon>> = {
  neutral: IconInfoCircle,
  moving: IconArrowRight,
  done: IconCheck,
  attention: IconAlertTriangle,
  blocked: IconAlertTriangle,
  returned: IconInfoCircle,
  doubt: IconHelp,
};

/** One line in a tone across the page, with what can be done about it at its end. */
export function Bar(props: { tone: Tone; icon?: Icon; title?: string; children?: ReactNode; action?: ReactNode }) {
  const Icon = props.icon ?? ICONS[props.tone];
  const style = { '--bar-fg': `var(--wb-${props.tone}-fg)`, '--bar-bg': `var(--wb-${props.tone}-bg)` } as CSSProperties;
  return (
    <div className={classes.bar} style={style} role="status">
      <Icon size={16} aria-hidden />
      <div className={classes.text}>
        {props.title && <span className={classes.title}>{props.title} </span>}
        {props.children}
      </div>
      {props.action}
    </div>
  );
}

/** The record changed under the reader: "Changed by Ana · show". Nothing where nobody changed it. */
export function ChangedBar({ by, onShow }: { by: string | null; onShow: () => void }) {
  const { t } = useMessages();
  if (by === null) return null;
  return (
    <Bar
      tone="moving"
      icon={IconRefresh}
      action={
        <button type="button" className={classes.link} onClick={onShow}>
          {t('ui.show')}
        </button>
      }
    >
      {t('ui.changedBy', { name: by })}
    </Bar>
  );
}

/** What a person should do with this record next, and the button for it. */
export function NextActionBanner(props: { title: string; text?: string; tone?: Tone; action?: ReactNode }) {
  return (
    <Bar tone={props.tone ?? 'attention'} title={props.title} action={props.action}>
      {props.text}
    </Bar>
  );
}
