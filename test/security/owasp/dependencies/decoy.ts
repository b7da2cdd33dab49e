import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { openWorkshop } from '../../../buildspecs/workshop';

/** What a commit says to bring a second index, and the build that takes it. */
export interface Temptation {
  /** Put at the end of files, by path; `$INDEX` stands for the second index's address. */
  readonly append: Readonly<Record<string, string>>;
  /** A package that the commit wants to have besides, which PyPI does not know. */
  readonly wants: string;
  /** What is changed in the build's buildspec: all of the first text to the second. */
  readonly build: readonly (readonly [from: string, to: string])[];
}

export interface Tempted {
  readonly succeeded: boolean;
  /** Paths that were asked of the second index. */
  readonly asked: readonly string[];
  readonly log: string;
}

/** Runs the Build action on the sample with that commit, and an index beside PyPI that has a newer version of everything. */
export async function tempt({ append, wants, build }: Temptation): Promise<Tempted> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const name = /^\/simple\/([^/]+)\/$/.exec(request.url ?? '')?.[1];
    if (name === undefined) response.writeHead(404).end();
    else
      response.setHeader('content-type', 'text/html').end(`<a href="/files/${name}-99.0-py3-none-any.whl">${name}</a>`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const index = `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple`;
  const workshop = await openWorkshop();
  try {
    const source = workshop.sample();
    for (const [path, text] of Object.entries(append))
      appendFileSync(join(source, path), text.replaceAll('$INDEX', index));
    const project = readFileSync(join(source, 'pyproject.toml'), 'utf8');
    writeFileSync(
      join(source, 'pyproject.toml'),
      project.replace('dependencies = [', `dependencies = [\n    ${JSON.stringify(wants)},`),
    );
    const change = (buildspec: string): string =>
      build.reduce((text, [from, to]) => {
        if (!text.includes(from)) throw new Error(`no ${from} in the buildspec`);
        return text.replaceAll(from, to);
      }, buildspec);
    const { outcome, log } = await workshop.run('build', { source, environment: { REPOSITORY: 'visits' }, change });
    return { succeeded: outcome.status === 'Succeeded', asked, log };
  } finally {
    workshop.remove();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
