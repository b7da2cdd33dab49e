import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const folders: string[] = [];

/** A new folder, removed after the tests of the file. Its name holds a space and letters beyond ASCII, as a user's may. */
export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'image é '));
  folders.push(made);
  return made;
}

afterAll(() => {
  for (const made of folders) rmSync(made, { recursive: true, force: true });
});

/** Writes files, by path; those that end in .sh can be executed. */
export function files(into: string, content: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(content)) {
    mkdirSync(dirname(join(into, path)), { recursive: true });
    writeFileSync(join(into, path), text);
    if (path.endsWith('.sh')) chmodSync(join(into, path), 0o755);
  }
  return into;
}

export const REGISTRY = '111122223333.dkr.ecr.eu-west-1.amazonaws.com';

/** A service whose program is a script of the image. */
export const SERVICE = {
  Dockerfile: `FROM debian AS build
RUN make
FROM debian
ARG VERSION=dev
ENV VERSION=$VERSION PATH=/app/bin:$PATH CONFIG=/app/config.txt MISSING=/no/such
WORKDIR /app
COPY --from=build /app/bin /app/bin
COPY src/ ./src/
COPY run.sh config.txt ./
ENTRYPOINT ["run.sh"]
CMD ["--config=/app/config.txt", "/app/src", "plain"]
`,
  '.dockerignore': '**/*.tmp\n',
  'src/a.txt': 'a',
  'config.txt': 'config',
  'run.sh': '#!/bin/sh\necho "$VERSION"\n',
  'notes.md': 'not copied',
};
