import { parse } from 'yaml';
import { ok } from '../../../result';
import { type Answer, badRequest, failure, refuse } from '../status';
import { decodeProtobuf, PROTOBUF_PREFIX } from './protobuf';

/** The body of a request as a value; an empty one is an empty object. `kind` is what it should be, for protobuf. */
export function decodeBody(bytes: Buffer, contentType: string, kind: string): Answer<unknown> {
  if (bytes.length === 0) return ok({});
  if (bytes.subarray(0, 4).equals(PROTOBUF_PREFIX)) {
    try {
      const value = decodeProtobuf(bytes);
      if (value !== undefined) return ok(value);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return refuse(badRequest(`the object provided is not valid protobuf: ${error.message}`));
    }
    return refuse(
      failure(
        415,
        'UnsupportedMediaType',
        `the embedded cluster cannot read ${kind} as ${contentType}; write it to a file and use kubectl apply -f`,
      ),
    );
  }
  const text = bytes.toString('utf8');
  try {
    return ok(JSON.parse(text));
  } catch (error) {
    if (!contentType.includes('yaml')) {
      return refuse(
        badRequest(`the object provided is not valid JSON: ${error instanceof Error ? error.message : ''}`),
      );
    }
  }
  try {
    return ok(parse(text));
  } catch (error) {
    return refuse(badRequest(`the object provided is not valid YAML: ${error instanceof Error ? error.message : ''}`));
  }
}
