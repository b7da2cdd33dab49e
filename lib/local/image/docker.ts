// Entry of the stand-in for docker: on the PATH of builds on the host, where no container engine is.
import { text } from 'node:stream/consumers';
import { dockerHost, runDocker } from './docker-command';

const abort = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => abort.abort());

const host = dockerHost(process.env, {
  cwd: process.cwd(),
  stdin: () => text(process.stdin),
  print: (line) => process.stdout.write(`${line}\n`),
  tell: (line) => process.stderr.write(`${line}\n`),
  signal: abort.signal,
});

if (host.ok) {
  process.exitCode = await runDocker(process.argv.slice(2), host.value);
} else {
  for (const error of host.errors) process.stderr.write(`docker: ${error}\n`);
  process.exitCode = 125;
}
