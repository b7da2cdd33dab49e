import { isAdmin } from '../auth/authenticator';
import type { Authorizer } from '../auth/authorizer';
import { impersonated } from '../auth/impersonation';
import type { KindTable } from '../kind-table';
import { SETTINGS_PATH } from '../record';
import { type ClusterSettings, Settings } from '../settings';
import { badRequest, failure } from '../status';
import { aggregated, aggregatedType, aggregatedVersion, apiGroups, apiResources, apiVersions } from './discovery';
import { OPENAPI_V2, OPENAPI_V2_TYPE, openapiDocument, openapiIndex } from './openapi';
import { type Exchange, readBody, resourceOf, sendJson, sendStatus } from './request';
import type { Resources } from './resources';
import { reviewOf } from './reviews';
import type { Handle } from './server';

const VERSION = {
  major: '1',
  minor: '35',
  gitVersion: 'v1.35.0-slipway.local',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: '',
  platform: `${process.platform}/${process.arch}`,
};

/** Everything that the API answers, by path. */
export function routes(
  resources: Resources,
  authorizer: Authorizer,
  configure: (settings: ClusterSettings) => void,
): Handle {
  const { kinds } = resources;
  return async (asked, path) => {
    const { response, request } = asked;
    const acting = impersonated(asked.user, request.headers, (user, wanted) => authorizer.allows(user, wanted));
    if ('refusal' in acting) {
      request.resume();
      return sendStatus(response, acting.refusal);
    }
    const exchange = { ...asked, user: acting.user };
    const review = request.method === 'POST' ? reviewOf(path) : undefined;
    if (/^\/(healthz|livez|readyz)$/.test(path)) {
      response.writeHead(200, { 'Content-Type': 'text/plain' });
      response.end('ok');
    } else if (path === '/version') {
      sendJson(response, 200, VERSION);
    } else if (request.method === 'GET' && discover(exchange, path, kinds)) {
      return;
    } else if (review) {
      await resources.review(exchange, review.review, review.namespace);
    } else if (path === SETTINGS_PATH && request.method === 'PUT') {
      await takeSettings(exchange, configure);
    } else {
      const target = resourceOf(path, kinds);
      if (target) await resources.handle(exchange, target);
      else sendStatus(response, failure(404, 'NotFound', 'the server could not find the requested resource'));
    }
  };
}

async function takeSettings(
  { request, response, user }: Exchange,
  configure: (settings: ClusterSettings) => void,
): Promise<void> {
  const body = await readBody(request);
  if (!isAdmin(user))
    return sendStatus(response, failure(403, 'Forbidden', 'only the administrator may change settings'));
  const settings = Settings.safeParse(JSON.parse(body?.toString('utf8') ?? 'null'));
  if (!settings.success) return sendStatus(response, badRequest(settings.error.message));
  configure(settings.data);
  sendJson(response, 200, { status: 'ok' });
}

function discover({ request, response }: Exchange, path: string, kinds: KindTable): boolean {
  const version = aggregatedVersion(request.headers.accept ?? '');
  if (path === '/api' || path === '/apis') {
    const core = path === '/api';
    if (version) sendJson(response, 200, aggregated(kinds, core, version), { 'Content-Type': aggregatedType(version) });
    else sendJson(response, 200, core ? apiVersions() : apiGroups(kinds));
    return true;
  }
  if (path === '/openapi/v3') {
    sendJson(response, 200, openapiIndex(kinds));
    return true;
  }
  if (path === '/openapi/v2') {
    response.writeHead(200, { 'Content-Type': OPENAPI_V2_TYPE });
    response.end(OPENAPI_V2);
    return true;
  }
  const document = path.startsWith('/openapi/v3/')
    ? openapiDocument(kinds, path.slice('/openapi/v3/'.length))
    : undefined;
  const groupVersion = /^\/(?:api\/(v1)|apis\/([^/]+\/[^/]+))$/.exec(path);
  const found = document ?? (groupVersion ? apiResources(kinds, groupVersion[1] ?? groupVersion[2] ?? '') : undefined);
  if (!found) return false;
  sendJson(response, 200, found);
  return true;
}
