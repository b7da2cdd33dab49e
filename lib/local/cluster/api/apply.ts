import type { Clock } from '../clock';
import type { Registry, WriteOptions, Written } from '../registry';
import { type Answer, failure, refuse } from '../status';
import type { ResourceRequest } from './request';

/** Server-side apply (`kubectl apply --server-side`). */
export async function serverSideApply(
  _registry: Registry,
  _clock: Clock,
  _target: ResourceRequest,
  _body: unknown,
  _query: URLSearchParams,
  _options: WriteOptions,
): Promise<Answer<Written>> {
  return refuse(
    failure(
      415,
      'UnsupportedMediaType',
      'the embedded cluster knows no server-side apply; use kubectl apply without --server-side',
    ),
  );
}
