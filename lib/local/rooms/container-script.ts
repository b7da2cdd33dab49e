/** Folders of a build container: those of CodeBuild's, and two of this program's own. */
export const OUTPUT = '/codebuild/output';
export const SCRIPTS = `${OUTPUT}/tmp`;
export const CACHE = '/codebuild/cache';
export const TEMPORARY = '/codebuild/tmp';
export const OWN = '/codebuild/slipway';

/** What the first process prints when the room is ready, before the path of bash, if it has one. */
export const READY = 'slipway-room-ready';
/** Exit code of the first process when the mounts show nothing. */
export const BLIND = 97;

/** What the build made as another user is given to whoever owns the scripts' folder: the one who started Slipway. */
const HAND_OVER = `
hand_over() {
  owner=$(stat -c %u:%g ${SCRIPTS})
  for folder in "$@"; do
    [ -d "$folder" ] || continue
    find "$folder" ! -user "\${owner%:*}" -exec chown -h "$owner" {} + 2> /dev/null || chown -R "$owner" "$folder"
  done
}
`;

export const handOverScript = `${HAND_OVER}hand_over ${OUTPUT}/*\n`;

/**
 * The first process of a build container. It lives as long as somebody holds its standard input: the runner, however that
 * ends. Then it ends what the build has left (\`wait\` takes in orphans meanwhile) and gives the files back. Zombies do not
 * count as left.
 */
export const initScript = (graceMilliseconds: number): string => `
[ -f ${SCRIPTS}/init.sh ] || exit ${BLIND}
trap : TERM INT HUP
exec 3<&0
cat <&3 > /dev/null &
keeper=$!
${HAND_OVER}
others() {
  read -r me _ < /proc/self/stat
  for folder in /proc/[0-9]*; do
    id=\${folder#/proc/}
    case " 1 $keeper $me " in *" $id "*) continue ;; esac
    while read -r key value _; do
      [ "$key" = State: ] || continue
      case $value in Z | X) ;; *) echo "$id" ;; esac
      break
    done 2> /dev/null < "$folder/status"
  done
}
echo "${READY} $(command -v bash)"
while kill -0 "$keeper" 2> /dev/null; do wait "$keeper"; done
left=$(others)
[ -z "$left" ] || kill -TERM $left 2> /dev/null
tenths=${Math.ceil(graceMilliseconds / 100)}
while left=$(others); [ -n "$left" ] && [ "$tenths" -gt 0 ]; do
  sleep 0.1 2> /dev/null || sleep 1
  tenths=$((tenths - 1))
done
[ -z "$left" ] || kill -KILL $left 2> /dev/null
hand_over ${OUTPUT}/* ${CACHE} ${TEMPORARY}
exit 0
`;

/**
 * Runs one script of the build (`$1` shell, `$2` its file, `$3` the file that gets its output, `$4` what stands before its
 * exit status at the end of it, `$5` the file of the environment to start with, or nothing: then there is none). The output goes
 * through a pipe, as on CodeBuild (a command may write to /dev/stderr), and whoever holds the pipe in the background does not
 * hold the command up.
 */
export const commandScript = `
pipe=$(mktemp -u ${OUTPUT}/.pipe-XXXXXX)
mkfifo -m 600 "$pipe" || exit 125
cat < "$pipe" >> "$3" 2> /dev/null &
{
  rm -f "$pipe"
  if [ "$5" ]; then (. "$5"; exec "$1" "$2") < /dev/null
  else env -i "$1" "$2" < /dev/null
  fi
  printf '\\n\\036%s %s\\n' "$4" "$?"
} > "$pipe" 2>&1
`;
