'use client';
import classes from './mails.module.css';

/**
 * A mail as its reader sees it. The frame runs no script, has no origin, and sends no form; the page's own policy holds inside it, so
 * that nothing is loaded either. Links open in a tab of their own.
 */
export function MailFrame({ html, title, short }: { html: string; title: string; short?: boolean }) {
  const className = short ? `${classes.frame} ${classes.short}` : classes.frame;
  return <iframe className={className} srcDoc={html} title={title} sandbox="allow-popups allow-popups-to-escape-sandbox" />;
}
