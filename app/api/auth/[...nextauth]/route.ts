import type { NextRequest } from 'next/server';
import NextAuth from 'next-auth';
import { authOptions } from '../../../../server/api/sign-in.ts';
import { webApp } from '../../../../server/api/web-app.ts';

/** next-auth builds its links from this variable; the address is ours to know. Set once the environment is read. */
async function handle(request: NextRequest, context: { params: Promise<{ nextauth: string[] }> }): Promise<Response> {
  const app = webApp();
  process.env.NEXTAUTH_URL = app.env.WAYBILL_ORIGIN;
  return NextAuth(request, context, authOptions(app));
}

export { handle as GET, handle as POST };
