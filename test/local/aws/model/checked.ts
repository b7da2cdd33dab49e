import { Readable } from 'node:stream';
import { MODELS } from '../../../../lib/local/aws/model/models';
import { type RawAnswer, violations } from './check-answer';

/** As much of an SDK client as is needed here. */
interface Client {
  readonly middlewareStack: { add(middleware: never, options: never): void };
}

interface Received {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  body: AsyncIterable<Uint8Array>;
}

/** The answers of all checked clients. */
export class Answers {
  readonly all: (RawAnswer & { readonly service: string })[] = [];

  /**
   * The client, whose every answer is kept and checked, as it comes over the wire, against the model of the service; a violation
   * throws in the place of the answer.
   */
  check<C>(service: string, client: C): C {
    const middleware =
      (next: (args: unknown) => Promise<{ response: Received }>, { commandName = '' }: { commandName?: string }) =>
      async (args: unknown) => {
        const result = await next(args);
        const { response } = result;
        const chunks: Uint8Array[] = [];
        for await (const chunk of response.body) chunks.push(chunk);
        const body = Buffer.concat(chunks);
        response.body = Readable.from([body]);
        const answer = {
          service,
          operation: commandName.replace(/Command$/, ''),
          status: response.statusCode,
          headers: response.headers,
          body,
        };
        this.all.push(answer);
        const model = MODELS[service];
        const found = model ? violations(model, answer) : [`there is no model of ${service}`];
        if (found.length > 0)
          throw new Error(`the answer is not what the model of ${service} says:\n${found.join('\n')}`);
        return result;
      };
    (client as Client).middlewareStack.add(middleware as never, { step: 'deserialize', priority: 'low' } as never);
    return client;
  }

  /** `<service>:<operation>` of all that was answered well. */
  succeeded(): ReadonlySet<string> {
    return new Set(
      this.all.flatMap(({ service, operation, status }) => (status < 300 ? [`${service}:${operation}`] : [])),
    );
  }
}
