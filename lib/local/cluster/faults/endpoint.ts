import { type Exchange, readBody, sendJson, sendStatus } from '../api/request';
import { isAdmin } from '../auth/authenticator';
import { badRequest, failure } from '../status';
import type { Faults } from './faults';
import type { Outage } from './outage';
import { FAULTS_PATH, FaultSet } from './schema';

/** Answers `FAULTS_PATH/<name>`, for the administrator only; false: another path. */
export async function answerFaults(exchange: Exchange, path: string, faults: Faults, outage: Outage): Promise<boolean> {
  const name = path.startsWith(`${FAULTS_PATH}/`) ? path.slice(FAULTS_PATH.length + 1) : undefined;
  if (name === undefined) return false;
  const { request, response } = exchange;
  const body = await readBody(request);
  if (!isAdmin(exchange.user)) {
    sendStatus(response, failure(403, 'Forbidden', 'only the administrator may put faults'));
  } else if (!/^[A-Za-z0-9_.-]{1,100}$/.test(name)) {
    sendStatus(response, badRequest('the name of a set of faults has 1 to 100 letters, digits, "_", "." or "-"'));
  } else if (request.method === 'GET') {
    const report = faults.report(name);
    if (report) sendJson(response, 200, report);
    else sendStatus(response, failure(404, 'NotFound', `there is no set of faults "${name}"`));
  } else if (request.method === 'DELETE') {
    faults.clear(name);
    sendJson(response, 200, { strikes: [] });
  } else if (request.method === 'PUT') {
    put(exchange, name, body, faults, outage);
  } else {
    sendStatus(response, failure(405, 'MethodNotAllowed', 'faults are put, got and deleted'));
  }
  return true;
}

function put({ response }: Exchange, name: string, body: Buffer | undefined, faults: Faults, outage: Outage): void {
  const given = FaultSet.safeParse(parse(body));
  if (!given.success) {
    const complaints = given.error.issues.map(({ path, message }) => `${path.join('.') || 'the body'}: ${message}`);
    sendStatus(response, badRequest(complaints.join('; ')));
    return;
  }
  const { apiDown } = given.data;
  faults.put(name, given.data);
  if (apiDown !== undefined) {
    response.setHeader('Connection', 'close');
    response.on('close', () => outage.begin(apiDown));
  }
  sendJson(response, 200, faults.report(name));
}

function parse(body: Buffer | undefined): unknown {
  try {
    return JSON.parse(body?.toString('utf8') ?? '');
  } catch {
    return undefined;
  }
}
