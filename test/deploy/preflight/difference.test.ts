import { readable } from '../../../lib/deploy/preflight/difference';

/** As `kubectl diff` writes it. */
const difference = (name: string, ...hunks: readonly string[]): string =>
  `diff -u -N /tmp/LIVE-1/${name} /tmp/MERGED-2/${name}
--- /tmp/LIVE-1/${name}\t2026-11-21 14:00:00
+++ /tmp/MERGED-2/${name}\t2026-11-21 14:00:00
${hunks.map((hunk) => `@@ -1,3 +1,3 @@\n${hunk}\n`).join('')}`;

const MARK = ' annotations:\n-    slipway.dev/release: a\n+    slipway.dev/release: b\n   name: web';
const COUNTED = `${MARK}\n-  generation: 1\n+  generation: 2`;
const IMAGE = ' containers:\n-        image: web@sha256:1\n+        image: web@sha256:2';

test('an object is named, and its lines stand as kubectl wrote them', () => {
  expect(readable(difference('apps.v1.Deployment.dev.web', IMAGE))).toBe(
    `── apps.v1.Deployment.dev.web\n@@ -1,3 +1,3 @@\n${IMAGE}`,
  );
});

test('what says only which release it is of is left out, and counted', () => {
  const text = [
    difference('apps.v1.Deployment.dev.web', COUNTED, IMAGE),
    difference('v1.Service.dev.web', MARK),
    difference('v1.ServiceAccount.dev.web', MARK),
  ].join('');
  expect(readable(text)).toBe(
    `── apps.v1.Deployment.dev.web\n@@ -1,3 +1,3 @@\n${IMAGE}\n2 of 3 objects change in nothing but the release that they name`,
  );
});

test('a change beside the mark, however near, is shown', () => {
  const near = `${MARK}\n-  paused: true`;
  expect(readable(difference('apps.v1.Deployment.dev.web', near))).toContain('-  paused: true');
  const added = ' annotations:\n+    slipway.dev/release-notes: none';
  expect(readable(difference('v1.Service.dev.web', added))).toContain('release-notes');
});

test('a new object is shown whole', () => {
  const whole = '+apiVersion: v1\n+kind: ConfigMap\n+  annotations:\n+    slipway.dev/release: b';
  expect(readable(difference('v1.ConfigMap.dev.c', whole))).toContain(whole);
});

test('no difference is no text', () => {
  expect(readable('')).toBe('');
});
