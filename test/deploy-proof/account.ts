import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Json } from '../../lib/cloud/rules/rule';
import { type CommandResult, runCommand } from '../../lib/local/tools/command';

export const projectRoot = join(__dirname, '..', '..');
export const ACCOUNT = '123456789012';
export const REGION = 'eu-west-1';
const TIMEOUT = 5 * 60_000;

/** An emulated AWS account of its own, on a loopback port, until it is closed; with the real CDK CLI for it. */
export class EmulatedAccount {
  readonly folder = mkdtempSync(join(tmpdir(), 'slipway-deploy-proof-'));
  private readonly stop = new AbortController();

  private constructor(
    private readonly python: string,
    private readonly server: ChildProcess,
    private readonly port: string,
  ) {
    mkdirSync(join(this.folder, 'home'));
  }

  static async open(python: string): Promise<EmulatedAccount> {
    const server = spawn(python, ['-B', '-m', 'emulator.server'], {
      cwd: __dirname,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: server.stdout });
    const port = await new Promise<string>((resolve, reject) => {
      lines.once('line', resolve);
      server.once('exit', (code) => reject(new Error(`the emulated AWS ended with ${code}`)));
    });
    return new EmulatedAccount(python, server, port);
  }

  async close(): Promise<void> {
    this.stop.abort();
    const ended = new Promise((resolve) => this.server.once('exit', resolve));
    this.server.stdin?.end();
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }

  private environment(more: Readonly<Record<string, string>>): Record<string, string | undefined> {
    return {
      PATH: process.env['PATH'],
      HOME: join(this.folder, 'home'),
      AWS_ENDPOINT_URL: `http://localhost:${this.port}`,
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      AWS_REGION: REGION,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      CI: 'true',
      ...more,
    };
  }

  /** The CDK CLI of this project, as a user calls it; `config`: another slipway.yaml; `cwd`: where there is no app. */
  cdk(parameters: readonly string[], config?: string, cwd = projectRoot): Promise<CommandResult> {
    const program = join(projectRoot, 'node_modules', 'aws-cdk', 'bin', 'cdk');
    return runCommand(process.execPath, [program, '--no-notices', '--no-color', ...parameters], {
      cwd,
      environment: this.environment(config === undefined ? {} : { SLIPWAY_CONFIG: config }),
      signal: this.stop.signal,
      timeout: TIMEOUT,
      words: 60_000,
    });
  }

  /** A Python module of the emulator, with the port and region first; what it wrote as JSON. */
  async ask(module: string, ...parameters: string[]): Promise<Json> {
    const done = await runCommand(this.python, ['-B', '-m', `emulator.${module}`, this.port, REGION, ...parameters], {
      cwd: __dirname,
      environment: this.environment({}),
      signal: this.stop.signal,
      timeout: TIMEOUT,
      words: 20_000,
    });
    if (done.code !== 0) throw new Error(done.said);
    return JSON.parse(done.stdout);
  }

  /** Everything that the account holds, as the services' APIs tell it (emulator/observe.py). */
  observe(): Promise<Json> {
    return this.ask('observe');
  }
}
