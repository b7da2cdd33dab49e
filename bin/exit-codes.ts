/** What the exit status of `slipway` says. */
export const exitCode = {
  'all done': 0,
  'the pipeline failed': 1,
  'usage, configuration or template is wrong': 2,
  'this machine lacks something (slipway doctor)': 3,
  'another run uses this folder': 4,
  'the operation is refused, or its service cannot be reached': 5,
  'slipway itself broke': 70,
  'stopped by Ctrl-C': 130,
} as const;
