// Tests run on whatever Node there is; the SDK's advice about it would stand between their lines.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
  modulePathIgnorePatterns: ['<rootDir>/.slipway', '<rootDir>/dist', '<rootDir>/cdk.out'],
  testTimeout: 60_000,
  maxWorkers: 2,
  // Of concurrent tests in a file; they wait for pods, which are processes of this machine.
  maxConcurrency: 3,
};
