import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { quote } from '../codebuild/shell';

/**
 * Writes a program that replaces itself by this command plus its own arguments. Unlike the `#!` line of a script that an
 * installer makes, it bears any path: long ones, with spaces, with letters outside ASCII.
 */
export function writeLauncher(
  folder: string,
  name: string,
  command: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): void {
  const exports = Object.entries(environment).map(([key, value]) => `export ${key}=${quote(value)}`);
  const lines = ['#!/bin/sh', ...exports, `exec ${command.map(quote).join(' ')} "$@"`, ''];
  writeFileSync(join(folder, name), lines.join('\n'), { mode: 0o755 });
}
