/**
 * The hosts a request may name. The public origin's; localhost, for tools on the machine itself; nothing else, so that a name
 * which somebody points at this address (DNS rebinding) is refused.
 */
export function allowedHosts(origin: string, port: number): ReadonlySet<string> {
  const publicHost = new URL(origin).host;
  return new Set([publicHost, `localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`]);
}
