import { applyPatch, type Operation } from 'fast-json-patch';
import { ok } from '../../../result';
import type { Kind } from '../kinds';
import { isRecord } from '../schema/decode';
import type { Answer, Status } from '../status';
import { badRequest, failure, refuse } from '../status';
import type { KubeObject } from '../types';
import { mergePatch, strategicMerge } from './strategic-merge';

/** Applies a patch of the given media type to an object. Server-side apply is not one of these. */
export function patchObject(kind: Kind, mediaType: string, current: KubeObject, patch: unknown): Answer<unknown> {
  switch (mediaType) {
    case 'application/strategic-merge-patch+json':
      if (kind.custom)
        return refuse(
          unknownFormat('application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml'),
        );
      return isRecord(patch)
        ? ok(strategicMerge(kind.kind, current, patch))
        : refuse(badRequest('the patch is not an object'));
    case 'application/merge-patch+json':
      return isRecord(patch) ? ok(mergePatch(current, patch)) : refuse(badRequest('the patch is not an object'));
    case 'application/json-patch+json':
      return jsonPatch(current, patch);
    default:
      return refuse(
        unknownFormat(
          'application/json-patch+json, application/merge-patch+json, application/strategic-merge-patch+json, application/apply-patch+yaml',
        ),
      );
  }
}

function jsonPatch(current: KubeObject, patch: unknown): Answer<unknown> {
  if (!Array.isArray(patch)) return refuse(badRequest('a JSON patch is a list of operations'));
  try {
    return ok(applyPatch(current, patch as Operation[], true, false).newDocument);
  } catch (error) {
    const message = error instanceof Error ? error.message.split('\n')[0] : String(error);
    return refuse(
      failure(422, 'Invalid', `the server rejected our request due to an error in our request: ${message}`),
    );
  }
}

const unknownFormat = (accepted: string): Status =>
  failure(
    415,
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${accepted}`,
  );
