import type { Verb } from '../auth/authorizer';
import type { DeleteOptions } from '../deletion';
import type { FieldValidation, WriteOptions } from '../registry';
import { isRecord } from '../schema/decode';
import type { Exchange, ResourceRequest } from './request';

/** What a request's method, path and query ask for; undefined: the resource does not know the method. */
export function verbOf({ request, query }: Exchange, { name, subresource, kind }: ResourceRequest): Verb | undefined {
  if (subresource !== undefined && !(kind.subresources as readonly string[]).includes(subresource)) return undefined;
  if (subresource === 'proxy') return PROXY_VERBS[request.method ?? ''];
  if (subresource === 'eviction' || subresource === 'token') return request.method === 'POST' ? 'create' : undefined;
  switch (request.method) {
    case 'GET':
      if (query.get('watch') === 'true' || query.get('watch') === '1') return 'watch';
      return name === undefined ? 'list' : 'get';
    case 'POST':
      return name === undefined ? 'create' : undefined;
    case 'PUT':
      return name === undefined ? undefined : 'update';
    case 'PATCH':
      return name === undefined ? undefined : 'patch';
    case 'DELETE':
      return name === undefined ? 'deletecollection' : 'delete';
    default:
      return undefined;
  }
}

const PROXY_VERBS: Readonly<Record<string, Verb>> = {
  GET: 'get',
  HEAD: 'get',
  OPTIONS: 'get',
  POST: 'create',
  PUT: 'update',
  PATCH: 'patch',
  DELETE: 'delete',
};

/** Options of a create, update or patch. */
export function optionsOf({ query, request }: Exchange): WriteOptions {
  const validation = query.get('fieldValidation');
  return {
    dryRun: query.get('dryRun') === 'All',
    manager: query.get('fieldManager') || (request.headers['user-agent'] ?? '').split('/')[0] || 'unknown',
    // An absent value means Warn to the real server.
    fieldValidation:
      validation === 'Strict' || validation === 'Ignore' ? validation : ('Warn' satisfies FieldValidation),
  };
}

/** Options of a delete: from its body, or else from the query. */
export function deleteOptions(body: unknown, query: URLSearchParams): DeleteOptions {
  const given = isRecord(body) ? body : {};
  const preconditions = isRecord(given['preconditions']) ? given['preconditions'] : {};
  const propagation = given['propagationPolicy'] ?? query.get('propagationPolicy');
  const grace =
    given['gracePeriodSeconds'] ??
    (query.has('gracePeriodSeconds') ? Number(query.get('gracePeriodSeconds')) : undefined);
  const dryRun = Array.isArray(given['dryRun']) ? given['dryRun'].includes('All') : query.get('dryRun') === 'All';
  return {
    dryRun,
    ...(propagation === 'Foreground' || propagation === 'Orphan' ? { propagation } : {}),
    ...(typeof grace === 'number' ? { gracePeriod: grace } : {}),
    ...(typeof preconditions['uid'] === 'string' ? { uid: preconditions['uid'] } : {}),
    ...(typeof preconditions['resourceVersion'] === 'string'
      ? { resourceVersion: preconditions['resourceVersion'] }
      : {}),
  };
}

/** A list of one object by its name is judged as a request for that object, as the real server does. */
export function withNameOf(target: ResourceRequest, query: URLSearchParams): ResourceRequest {
  const name = /^metadata\.name=([^,]+)$/.exec(query.get('fieldSelector') ?? '')?.[1];
  return target.name === undefined && name !== undefined ? { ...target, name } : target;
}
