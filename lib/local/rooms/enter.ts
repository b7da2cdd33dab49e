/**
 * Words after `/bin/sh` that open a shell: `environment` is the file of its variables, `directory` where it starts, `program` the
 * shell. Takes nothing over from the caller but the kind of the terminal, and reads no start-up file, which would change both.
 */
export const enterWords = (environment: string, directory: string, program: string): readonly string[] => [
  '-c',
  'exec env -i TERM="${TERM:-dumb}" "$3" -c "$4" slipway "$1" "$2" "$3"',
  'slipway',
  environment,
  directory,
  program,
  INSIDE,
];

const INSIDE = `. "$1"; cd -- "$2"; PS1='slipway:\\w\\$ '; export PS1
case $3 in *bash) exec "$3" --norc --noprofile -i ;; *) exec "$3" -i ;; esac`;
