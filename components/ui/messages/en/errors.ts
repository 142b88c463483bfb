/** What the console itself says when something fails; refusals by the server bring their own sentence. */
export const errors = {
  title: 'This could not be loaded',
  unexpected: 'Something went wrong on our side.',
  network: 'The server does not answer. Check the connection and try again.',
  retry: 'Retry',
  requestId: 'Request {id}',
  copyRequestId: 'Copy request id',
  notFoundTitle: 'There is nothing here',
  notFound: 'The record does not exist, or it is not yours to see.',
  goHome: 'Go to home',
  crashTitle: 'This page stopped working',
  crash: 'Nothing was lost on the server. Load the page again; if it repeats, report the code below.',
} as const;
