import { ok } from '../../../result';
import type { Authorizer, Verb } from '../auth/authorizer';
import type { AccountTokens } from '../auth/tokens';
import type { Clock } from '../clock';
import { deleteObject } from '../deletion';
import type { KindTable } from '../kind-table';
import { apiVersionOf, type Kind } from '../kinds';
import type { Registry, Written } from '../registry';
import { isRecord } from '../schema/decode';
import { type Answer, failure, notFound, refuse, type Status } from '../status';
import type { KubeObject, Pod } from '../types';
import { APPLY, serverSideApply } from './apply';
import { decodeBody } from './body';
import { deleteOptions, optionsOf, verbOf, withNameOf } from './demand';
import { evict } from './eviction';
import { type LogSource, sendLog } from './logs';
import { proxy } from './proxy';
import { filterOf, listOf, wantsTable } from './read';
import { type Exchange, type ResourceRequest, readBody, sendJson, sendStatus } from './request';
import { answerReview, type Review } from './reviews';
import { applyScale, scaleOf } from './scale';
import { rowTable, tableOf } from './table';
import { watch } from './watch';
import { patchObject } from './write';

/** The verbs of the API on the objects of the registry. */
export class Resources {
  constructor(
    private readonly registry: Registry,
    private readonly clock: Clock,
    private readonly authorizer: Authorizer,
    private readonly logs: LogSource,
    private readonly accounts: AccountTokens,
  ) {}

  async handle(exchange: Exchange, target: ResourceRequest): Promise<void> {
    const verb = verbOf(exchange, target);
    const missing = UNSUPPORTED[`${target.kind.kind}/${target.subresource}`];
    if (missing) {
      exchange.request.resume();
      sendStatus(exchange.response, failure(501, 'NotImplemented', missing));
      return;
    }
    if (!verb) {
      sendStatus(
        exchange.response,
        failure(405, 'MethodNotAllowed', 'the server does not allow this method on the requested resource'),
      );
      return;
    }
    const refusal = this.authorizer.check(exchange.user, verb, withNameOf(target, exchange.query));
    if (refusal) {
      exchange.request.resume();
      sendStatus(exchange.response, refusal);
      return;
    }
    if (target.subresource === 'proxy') return proxy(exchange, target, this.registry.store);
    if (target.subresource === 'eviction') return this.evict(exchange, target);
    if (target.subresource === 'token') return this.token(exchange, target);
    await this.perform(verb, exchange, target);
  }

  get kinds(): KindTable {
    return this.registry.kinds;
  }

  /** `kubectl auth can-i` and `whoami`. */
  async review(exchange: Exchange, review: Review, namespace?: string): Promise<void> {
    const body = await this.body(exchange, review.kind);
    if (body === undefined) return;
    const answer = answerReview(review, exchange.user, body, this.authorizer, namespace);
    sendJson(exchange.response, 'code' in answer ? (answer as Status).code : 201, answer);
  }

  private async perform(verb: Verb, exchange: Exchange, target: ResourceRequest): Promise<void> {
    switch (verb) {
      case 'get':
        return this.get(exchange, target);
      case 'list':
        return this.list(exchange, target);
      case 'watch':
        return this.watch(exchange, target);
      case 'create':
        return this.create(exchange, target);
      case 'update':
      case 'patch':
        return this.change(exchange, target);
      case 'delete':
      case 'deletecollection':
        return this.remove(exchange, target);
      default:
        return verb satisfies never;
    }
  }

  private async get(exchange: Exchange, target: ResourceRequest): Promise<void> {
    const { kind, namespace, name = '', subresource } = target;
    const object = this.registry.store.get(kind.kind, namespace, name);
    if (!object) return sendStatus(exchange.response, notFound(kind, name));
    if (subresource === 'log') return sendLog(exchange, object as Pod, this.logs);
    if (subresource === 'scale') return sendJson(exchange.response, 200, scaleOf(kind, object));
    const table = wantsTable(exchange.request.headers.accept ?? '');
    sendJson(
      exchange.response,
      200,
      table ? tableOf(kind, [object], object.metadata.resourceVersion, this.clock.now()) : inVersion(kind, object),
    );
  }

  private async list(exchange: Exchange, target: ResourceRequest): Promise<void> {
    const { store } = this.registry;
    const filter = filterOf(target, exchange.query);
    if (!filter.ok) return this.send(exchange, filter, 200);
    const objects = store.list(target.kind.kind, target.namespace).filter(filter.value);
    const table = wantsTable(exchange.request.headers.accept ?? '');
    const revision = String(store.revision);
    sendJson(
      exchange.response,
      200,
      table
        ? tableOf(target.kind, objects, revision, this.clock.now())
        : listOf(
            target.kind,
            store,
            objects.map((object) => inVersion(target.kind, object)),
          ),
    );
  }

  private async watch(exchange: Exchange, target: ResourceRequest): Promise<void> {
    const filter = filterOf(target, exchange.query);
    if (!filter.ok) return this.send(exchange, filter, 200);
    const table = wantsTable(exchange.request.headers.accept ?? '');
    watch(exchange, target, this.registry.store, filter.value, (object, first) =>
      table ? rowTable(target.kind, object, first, this.clock.now()) : inVersion(target.kind, object),
    );
  }

  private async create(exchange: Exchange, target: ResourceRequest): Promise<void> {
    const body = await this.body(exchange, target.kind.kind);
    if (!body) return;
    const answer = await this.registry.create(target.kind, target.namespace, body, optionsOf(exchange));
    this.send(exchange, shown(target.kind, answer), 201);
  }

  private async change(exchange: Exchange, target: ResourceRequest): Promise<void> {
    const { kind, namespace, name = '', subresource } = target;
    const mediaType = (exchange.request.headers['content-type'] ?? '').split(';')[0] ?? '';
    const body = await this.body(exchange, subresource === 'scale' ? 'Scale' : kind.kind);
    if (body === undefined) return;
    const options = { ...optionsOf(exchange), ...(subresource ? { subresource } : {}) };
    if (mediaType === APPLY) {
      const refusal = this.registry.store.get(kind.kind, namespace, name)
        ? undefined
        : this.authorizer.check(exchange.user, 'create', target);
      if (refusal) return sendStatus(exchange.response, refusal);
      const now = this.clock.now();
      const applied = await serverSideApply(this.registry, now, target, body, exchange.query, options);
      return this.send(exchange, shown(kind, applied), 200);
    }
    const isPatch = exchange.request.method === 'PATCH';
    if (subresource === 'scale') {
      const answer = await this.registry.modify(
        kind,
        namespace,
        name,
        (object) => applyScale(kind, object, mediaType, body, isPatch),
        options,
      );
      if (answer.ok) return sendJson(exchange.response, 200, scaleOf(kind, answer.value.object));
      return this.send(exchange, answer, 200);
    }
    const edit = (current: KubeObject): Answer<unknown> =>
      isPatch ? patchObject(kind, mediaType, current, body) : ok(withPlace(body, current));
    this.send(exchange, shown(kind, await this.registry.modify(kind, namespace, name, edit, options)), 200);
  }

  private async evict(exchange: Exchange, { namespace, name = '' }: ResourceRequest): Promise<void> {
    const body = await this.body(exchange, 'Eviction');
    if (body === undefined) return;
    const options = deleteOptions(isRecord(body) ? body['deleteOptions'] : {}, exchange.query);
    const answer = evict(this.registry, this.clock, namespace, name, options);
    if (answer.ok) sendJson(exchange.response, 201, answer.value);
    else this.send(exchange, answer, 201);
  }

  /** `kubectl create token`. */
  private async token(exchange: Exchange, { kind, namespace = '', name = '' }: ResourceRequest): Promise<void> {
    const body = await this.body(exchange, 'TokenRequest');
    if (body === undefined) return;
    if (!this.registry.store.get(kind.kind, namespace, name))
      return sendStatus(exchange.response, notFound(kind, name));
    const spec = isRecord(body) && isRecord(body['spec']) ? body['spec'] : {};
    const seconds = typeof spec['expirationSeconds'] === 'number' ? spec['expirationSeconds'] : undefined;
    const status = this.accounts.issue(namespace, name, seconds);
    const type = { kind: 'TokenRequest', apiVersion: 'authentication.k8s.io/v1' };
    sendJson(exchange.response, 201, { ...type, metadata: { name, namespace, creationTimestamp: null }, spec, status });
  }

  private async remove(exchange: Exchange, target: ResourceRequest): Promise<void> {
    const { kind, namespace, name } = target;
    const body = await this.body(exchange, 'DeleteOptions');
    if (body === undefined) return;
    const options = deleteOptions(body, exchange.query);
    if (name === undefined) {
      const filter = filterOf(target, exchange.query);
      if (!filter.ok) return this.send(exchange, filter, 200);
      const { store } = this.registry;
      const found = store.list(kind.kind, namespace).filter(filter.value);
      for (const object of found)
        deleteObject(this.registry, this.clock, kind, object.metadata.namespace, object.metadata.name, options);
      return sendJson(exchange.response, 200, listOf(kind, store, found));
    }
    const answer = deleteObject(this.registry, this.clock, kind, namespace, name, options);
    if (!answer.ok) return this.send(exchange, answer, 200);
    const { object, gone } = answer.value;
    const details = { name, group: kind.group, kind: kind.plural, uid: object.metadata.uid };
    const success: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details, code: 200 };
    sendJson(exchange.response, 200, gone ? success : inVersion(kind, object));
  }

  /** The decoded body; when there is none to be had the refusal is already sent. */
  private async body(exchange: Exchange, kind: string): Promise<unknown> {
    const bytes = await readBody(exchange.request);
    const decoded = bytes
      ? decodeBody(bytes, exchange.request.headers['content-type'] ?? '', kind)
      : refuse(failure(413, 'RequestEntityTooLarge', 'the body is larger than 3 MiB'));
    if (decoded.ok) return decoded.value;
    this.send(exchange, decoded, 200);
    return undefined;
  }

  private send(exchange: Exchange, answer: Answer<unknown>, code: number): void {
    const { response } = exchange;
    if (!answer.ok) {
      const [status = failure(500, 'InternalError', 'Internal error occurred')] = answer.errors;
      sendStatus(response, status);
      return;
    }
    const { object, warnings, created } = answer.value as {
      object: KubeObject;
      warnings: readonly string[];
      created?: boolean;
    };
    for (const warning of warnings) response.appendHeader('Warning', `299 - ${JSON.stringify(warning)}`);
    sendJson(response, created ? 201 : code, object);
  }
}

const UNSUPPORTED: Readonly<Record<string, string>> = {
  'Pod/exec': 'the embedded cluster has no exec: pods are processes of this machine, look at them with its own tools',
  'Pod/attach': 'the embedded cluster has no attach: use kubectl logs -f',
  'Pod/portforward': 'the embedded cluster has no port-forward: use the node port of the Service on 127.0.0.1',
  'Pod/ephemeralcontainers': 'the embedded cluster has no ephemeral containers',
};

/** Objects of a custom kind are kept in one version and shown in the one that is asked for; only `apiVersion` differs. */
function inVersion(kind: Kind, object: KubeObject): KubeObject {
  if (!kind.custom || object.apiVersion === apiVersionOf(kind)) return object;
  return { ...object, apiVersion: apiVersionOf(kind) };
}

const shown = <T extends Written>(kind: Kind, answer: Answer<T>): Answer<T> =>
  answer.ok ? ok({ ...answer.value, object: inVersion(kind, answer.value.object) }) : answer;

/** A PUT may leave out what its URL says. */
function withPlace(body: unknown, current: KubeObject): unknown {
  if (!isRecord(body)) return body;
  const { namespace, name } = current.metadata;
  const metadata = isRecord(body['metadata']) ? body['metadata'] : {};
  const place = { name, ...(namespace ? { namespace } : {}) };
  return { ...body, apiVersion: body['apiVersion'] ?? current.apiVersion, metadata: { ...place, ...metadata } };
}
