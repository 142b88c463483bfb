/** Has the browser save a file of ours: the answer says that it is one, so the page stays. */
export function takeAway(href: string): void {
  window.location.assign(href);
}
