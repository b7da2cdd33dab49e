const READY_PATH = '/readyz';
/** By this the access log of a service tells these requests from those of its users. */
export const USER_AGENT = 'slipway-bake';

const VERSION_PATH = '/version';
const TIMEOUT_MILLISECONDS = 5000;

/** A user's request: the service is ready and is this version. Undefined, or what is wrong in one line. */
export async function probe(url: string, version: string, request: typeof fetch): Promise<string | undefined> {
  const base = url.replace(/\/+$/, '');
  const get = (path: string) =>
    // A new connection each time: a kept one would go on with a pod that is on its way out.
    request(base + path, {
      headers: { connection: 'close', 'user-agent': USER_AGENT },
      signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
    });
  try {
    const ready = await get(READY_PATH);
    if (ready.status !== 200) return `${base}${READY_PATH} answers ${ready.status}: ${firstLine(await ready.text())}`;
    await ready.text();
    const answer = await get(VERSION_PATH);
    const text = await answer.text();
    if (answer.status !== 200) return `${base}${VERSION_PATH} answers ${answer.status}: ${firstLine(text)}`;
    const found = versionIn(text);
    return found === version ? undefined : `${base}${VERSION_PATH} says ${found ?? 'no version'}, expected ${version}`;
  } catch (cause) {
    return `${base}: ${reasonOf(cause)}`;
  }
}

const firstLine = (text: string): string => (text.trim().split('\n')[0] ?? '').slice(0, 200);

function versionIn(text: string): string | undefined {
  try {
    const { version } = JSON.parse(text) as { version?: unknown };
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}

/** fetch wraps what happened in a cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
