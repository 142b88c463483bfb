import { Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Mark } from '../ui/brand.tsx';
import classes from './door.module.css';

/** A page outside the console's frame: one narrow column with a title. */
export function Door(props: { title: string; text?: ReactNode; wide?: boolean; children: ReactNode }) {
  return (
    <main className={classes.page}>
      <div className={classes.panel} data-wide={props.wide || undefined}>
        <div className={classes.head}>
          <Mark size={32} />
          <Title order={1}>{props.title}</Title>
          {props.text && <p className={classes.text}>{props.text}</p>}
        </div>
        {props.children}
      </div>
    </main>
  );
}

/** Why it did not work, read out when it appears. */
export function Refusal({ children }: { children: ReactNode }) {
  return children ? (
    <p role="alert" className={classes.refusal}>
      {children}
    </p>
  ) : null;
}

/** That it worked. */
export function Done({ children }: { children: ReactNode }) {
  return (
    <p role="status" className={classes.good}>
      {children}
    </p>
  );
}
