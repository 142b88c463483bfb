'use client';
import { ActionIcon, Menu, Title } from '@mantine/core';
import { type Icon, IconChevronRight, IconDots } from '@tabler/icons-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { formatCount } from './format.ts';
import { useMessages } from './locale.tsx';
import classes from './page-header.module.css';

export interface Crumb {
  readonly label: string;
  readonly href: string;
}

/** An action in a "…" menu. With `reason` it stays visible, cannot be used, and says why. */
export interface MenuAction {
  readonly label: string;
  readonly icon?: Icon;
  readonly danger?: boolean;
  readonly reason?: string | null;
  readonly onClick?: () => void;
  readonly href?: string;
}

/** Where this page lies. The page itself is the title below it, not a crumb. */
export function Breadcrumbs({ items }: { items: readonly Crumb[] }) {
  const { t } = useMessages();
  return (
    <nav aria-label={t('ui.breadcrumb')}>
      <ol className={classes.crumbs}>
        {items.map((item, index) => (
          <li key={item.href} className={classes.crumb}>
            {index > 0 && <IconChevronRight size={12} aria-hidden />}
            <Link href={item.href}>{item.label}</Link>
          </li>
        ))}
      </ol>
    </nav>
  );
}

function MenuActionItem({ action }: { action: MenuAction }) {
  const { icon: Icon, reason } = action;
  const common = {
    className: action.danger ? classes.danger : undefined,
    leftSection: Icon ? <Icon size={16} stroke={1.75} aria-hidden /> : undefined,
  };
  if (reason) {
    return (
      <Menu.Item {...common} aria-disabled="true" className={classes.refused} closeMenuOnClick={false}>
        <span>{action.label}</span>
        <span className={classes.reason}>{reason}</span>
      </Menu.Item>
    );
  }
  if (action.href) {
    return (
      <Menu.Item {...common} component={Link} href={action.href}>
        {action.label}
      </Menu.Item>
    );
  }
  return (
    <Menu.Item {...common} onClick={action.onClick}>
      {action.label}
    </Menu.Item>
  );
}

/** The "…" menu. Nothing where there are no actions. */
export function MoreMenu({ actions }: { actions: readonly MenuAction[] }) {
  const { t } = useMessages();
  if (actions.length === 0) return null;
  return (
    <Menu width={260}>
      <Menu.Target>
        <ActionIcon variant="default" size={32} aria-label={t('ui.moreActions')}>
          <IconDots size={16} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {actions.map((action) => (
          <MenuActionItem key={action.label} action={action} />
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

interface PageHeaderProps {
  readonly title: ReactNode;
  /** Shown capped at "99+". */
  readonly count?: number;
  readonly sub?: ReactNode;
  readonly breadcrumbs?: readonly Crumb[];
  readonly badges?: ReactNode;
  /** The one primary button. */
  readonly primary?: ReactNode;
  readonly secondary?: ReactNode;
  readonly menu?: readonly MenuAction[];
}

/** The top of every page: where, what, how many; right the one primary action, then "…". */
export function PageHeader(props: PageHeaderProps) {
  return (
    <div className={classes.header}>
      {props.breadcrumbs && props.breadcrumbs.length > 0 && <Breadcrumbs items={props.breadcrumbs} />}
      <div className={classes.line}>
        <div className={classes.heading}>
          <div className={classes.titleLine}>
            <Title order={1} className={classes.title}>
              {props.title}
              {props.count !== undefined && <span className={classes.count}>{formatCount(props.count)}</span>}
            </Title>
            {props.badges}
          </div>
          {props.sub && <div className={classes.sub}>{props.sub}</div>}
        </div>
        <div className={classes.actions}>
          {props.secondary}
          {props.primary}
          {props.menu && <MoreMenu actions={props.menu} />}
        </div>
      </div>
    </div>
  );
}
