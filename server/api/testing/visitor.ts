/** Somebody with a browser: it keeps cookies, sends the origin of the house, and follows nothing by itself. */
export interface Visitor {
  /** By name, as the browser keeps them. */
  readonly cookies: Map<string, string>;
  /** The raw Set-Cookie lines of the last answer that had any. */
  readonly lastSet: readonly string[];
  request(path: string, init?: RequestInit & { readonly headers?: Record<string, string> }): Promise<Response>;
  /** A query or mutation of the console, under superjson. */
  query(path: string, input?: unknown): Promise<ConsoleAnswer>;
  mutate(path: string, input?: unknown): Promise<ConsoleAnswer>;
  /** What next-auth answers to an attempt to sign in. */
  signIn(attempt: Attempt): Promise<Response>;
}

export interface Attempt {
  readonly email: string;
  readonly password: string;
  readonly code?: string;
  readonly callbackUrl?: string;
}

export interface ConsoleAnswer {
  readonly status: number;
  /** The code of the refusal; null where there is none. */
  readonly code: string | null;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what the answer holds, and fails where it does not.
  readonly json: any;
}

export interface VisitorOptions {
  /** Where requests go. */
  readonly url: string;
  /** What the browser shows as its address. */
  readonly origin: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function createVisitor({ url, origin, headers: always = {} }: VisitorOptions): Visitor {
  const cookies = new Map<string, string>();
  let lastSet: readonly string[] = [];

  async function request(
    path: string,
    init: RequestInit & { readonly headers?: Record<string, string> } = {},
  ): Promise<Response> {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...always, ...(cookie === '' ? {} : { cookie }), ...init.headers };
    const response = await fetch(url + path, { redirect: 'manual', ...init, headers });
    const set = response.headers.getSetCookie();
    if (set.length > 0) lastSet = set;
    for (const line of set) keep(cookies, line);
    return response;
  }

  async function signIn({ callbackUrl = origin, ...credentials }: Attempt): Promise<Response> {
    const { csrfToken } = (await (await request('/api/auth/csrf')).json()) as { csrfToken: string };
    const body = new URLSearchParams({ ...credentials, callbackUrl, csrfToken, json: 'true' });
    return request('/api/auth/callback/credentials', { method: 'POST', body });
  }

  return {
    cookies,
    get lastSet() {
      return lastSet;
    },
    request,
    signIn,
    query: async (path, input) =>
      consoleAnswer(await request(`/api/trpc/${path}?input=${encodeURIComponent(JSON.stringify({ json: input }))}`)),
    mutate: async (path, input = {}) =>
      consoleAnswer(
        await request(`/api/trpc/${path}`, {
          method: 'POST',
          headers: { origin, 'content-type': 'application/json' },
          body: JSON.stringify({ json: input }),
        }),
      ),
  };
}

function keep(cookies: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split(';');
  const equals = pair.indexOf('=');
  const [name, value] = [pair.slice(0, equals).trim(), pair.slice(equals + 1)];
  const over = attributes.some((each) => /^\s*(max-age=0|expires=Thu, 01 Jan 1970)/i.test(each));
  if (value === '' || over) cookies.delete(name);
  else cookies.set(name, value);
}

async function consoleAnswer(response: Response): Promise<ConsoleAnswer> {
  const text = await response.text();
  const body = JSON.parse(text) as {
    result?: { data: { json: unknown } };
    error?: { json: { data: { domain: { code: string } } } };
  };
  return { status: response.status, code: body.error?.json.data.domain.code ?? null, text, json: body.result?.data.json };
}
