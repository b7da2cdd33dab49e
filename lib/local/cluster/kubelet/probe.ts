import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import type { Handler, Probe } from '../types';
import { delay } from './delay';

export type ProbeResult = { readonly ok: true } | { readonly ok: false; readonly message: string };

/** Runs a command inside a container. */
export type Exec = (
  argv: readonly string[],
  timeout: number,
  signal: AbortSignal,
) => Promise<{ code: number; output: string }>;

export interface ProbeTarget {
  /** The loopback port behind a port number or name of the container. */
  port(port: number | string): number | undefined;
  readonly exec: Exec;
}

/** Asks once. `timeout` in milliseconds. */
export async function check(
  handler: Handler,
  target: ProbeTarget,
  timeout: number,
  signal: AbortSignal,
): Promise<ProbeResult> {
  if (handler.httpGet) {
    const port = target.port(handler.httpGet.port);
    return port === undefined ? unknownPort(handler.httpGet.port) : http(handler.httpGet, port, timeout, signal);
  }
  if (handler.tcpSocket) {
    const port = target.port(handler.tcpSocket.port);
    return port === undefined
      ? unknownPort(handler.tcpSocket.port)
      : tcp(handler.tcpSocket.host, port, timeout, signal);
  }
  if (handler.exec) {
    const { code, output } = await target.exec(handler.exec.command, timeout, signal);
    return code === 0 ? { ok: true } : { ok: false, message: output.trim() || `command exited with ${code}` };
  }
  return { ok: false, message: 'the embedded cluster knows httpGet, tcpSocket and exec probes' };
}

const unknownPort = (port: number | string): ProbeResult => ({ ok: false, message: `couldn't find port: ${port}` });

function http(
  get: NonNullable<Handler['httpGet']>,
  port: number,
  timeout: number,
  signal: AbortSignal,
): Promise<ProbeResult> {
  const host = get.host ?? '127.0.0.1';
  const secure = get.scheme === 'HTTPS';
  const headers = Object.fromEntries((get.httpHeaders ?? []).map((h) => [h.name, h.value]));
  const options = {
    host,
    port,
    path: get.path,
    agent: false as const,
    headers: { 'User-Agent': 'kube-probe/1.35', Accept: '*/*', Connection: 'close', ...headers },
    rejectUnauthorized: false,
  };
  const url = `${get.scheme.toLowerCase()}://${host}:${port}${get.path}`;
  return new Promise((resolve) => {
    const request = (secure ? httpsRequest : httpRequest)(options, (response) => {
      response.resume();
      const status = response.statusCode ?? 0;
      resolve(
        status >= 200 && status < 400
          ? { ok: true }
          : { ok: false, message: `HTTP probe failed with statuscode: ${status}` },
      );
    });
    const timer = setTimeout(
      () => request.destroy(new Error('context deadline exceeded (Client.Timeout exceeded while awaiting headers)')),
      timeout,
    );
    request.on('error', (error) => resolve({ ok: false, message: `Get "${url}": ${error.message}` }));
    const abort = () => request.destroy();
    signal.addEventListener('abort', abort, { once: true });
    request.on('close', () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    });
    request.end();
  });
}

function tcp(host = '127.0.0.1', port: number, timeout: number, signal: AbortSignal): Promise<ProbeResult> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const abort = () => socket.destroy(new Error('stopped'));
    signal.addEventListener('abort', abort, { once: true });
    const end = (result: ProbeResult) => {
      signal.removeEventListener('abort', abort);
      socket.destroy();
      resolve(result);
    };
    socket.setTimeout(timeout, () => end({ ok: false, message: `dial tcp ${host}:${port}: i/o timeout` }));
    socket.once('connect', () => end({ ok: true }));
    socket.once('error', (error) => end({ ok: false, message: `dial tcp ${host}:${port}: ${error.message}` }));
  });
}

/** For so long after its start a container is asked more often, so that it is ready sooner. Milliseconds. */
const EAGER = 10_000;
const EAGER_PERIOD = 100;

export interface ProbeListener {
  failed(message: string): void;
  /** The probe passed or failed as often in a row as its threshold says, and said otherwise before. */
  verdict(healthy: boolean): 'continue' | 'stop';
}

/**
 * Asks every period until the signal or the listener ends it. An `eager` probe (readiness, startup) is also asked between its
 * periods while the container is young and has not passed yet, as the kubelet may; such a question can only pass.
 */
export async function watchProbe(
  probe: Probe,
  target: ProbeTarget,
  signal: AbortSignal,
  listener: ProbeListener,
  eager: boolean,
): Promise<void> {
  let streak = 0;
  let last: boolean | undefined;
  let verdict: boolean | undefined;
  const ask = () => check(probe, target, probe.timeoutSeconds * 1000, signal);
  if (!(await delay((probe.initialDelaySeconds ?? 0) * 1000, signal))) return;
  const young = Date.now() + EAGER;
  const period = probe.periodSeconds * 1000;
  let early = false;
  while (!signal.aborted) {
    const result: ProbeResult = early ? { ok: true } : await ask();
    if (signal.aborted) return;
    streak = result.ok === last ? streak + 1 : 1;
    last = result.ok;
    if (!result.ok) listener.failed(result.message);
    const enough = streak >= (result.ok ? probe.successThreshold : probe.failureThreshold);
    if (enough && result.ok !== verdict) {
      verdict = result.ok;
      if (listener.verdict(verdict) === 'stop') return;
    }
    early = false;
    const until = Date.now() + period;
    while (
      eager &&
      !early &&
      verdict !== true &&
      !signal.aborted &&
      Date.now() < Math.min(young, until - EAGER_PERIOD)
    ) {
      if (!(await delay(EAGER_PERIOD, signal))) return;
      early = (await ask()).ok;
    }
    if (!early && !(await delay(until - Date.now(), signal))) return;
  }
}
