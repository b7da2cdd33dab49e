import type { Pod, Terminated } from './shapes';

/** How a container ended, in words: `exited with 3`, `ran out of memory …`, `was ended by signal 9 (exit code 137)`. */
export function exitOf(container: string, terminated: Terminated, pod?: Pod): string {
  const { exitCode, reason, message } = terminated;
  const signal = terminated.signal || (exitCode > 128 && exitCode < 160 ? exitCode - 128 : 0);
  if (reason === 'OOMKilled') {
    const specs = [...(pod?.spec?.containers ?? []), ...(pod?.spec?.initContainers ?? [])];
    const limit = specs.find(({ name }) => name === container)?.resources?.limits?.memory;
    return `ran out of memory (OOMKilled, exit code ${exitCode}${limit ? `; its limit is ${limit}` : ''})`;
  }
  const said = message ? `: ${oneLine(message)}` : '';
  if (reason === 'StartError' || reason === 'ContainerCannotRun') return `could not be started (${reason})${said}`;
  if (signal > 0) return `was ended by signal ${signal} (exit code ${exitCode})${said}`;
  return `exited with ${exitCode}${exitCode === 0 ? ', though it should go on running' : ''}${said}`;
}

/** Long texts of servers in one line of a reason. */
export function oneLine(text: string, length = 300): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}
