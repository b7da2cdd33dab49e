# Runs every check of an action, even when another has failed, and ends with one table of all results.
#
#   checks_begin NAME…   every check that the action knows, in the table's order. CHECKS (names with spaces between) says
#                        which of them are on; without that variable all are.
#   check NAME [--report FILE] COMMAND…
#                        runs COMMAND if NAME is on. Status 0 is PASS if FILE was written; 75 is ERROR: it could not be
#                        carried out; 77 is NOT RUN, with the permission of whoever started the run; any other is FAIL.
#                        The table's detail is what COMMAND wrote to $CHECK_DETAIL, else its last line of output.
#   checks_end FILE      prints the table, writes it to FILE as JUnit XML, and fails unless all that is on has passed.
checks_begin() {
  checks_known="$*" checks_on="${CHECKS-$*}" checks_folder="$(mktemp -d)"
  : > "$checks_folder/results"
  local name
  for name in $checks_on; do
    case " $checks_known " in
      *" $name "*) ;;
      *) checks_record "$name" FAIL '' "no such check here; there are: $checks_known" ;;
    esac
  done
}

checks_record() { printf '%s\037%s\037%s\037%s\n' "$@" >> "$checks_folder/results"; }

check() {
  local name="$1" report='' before status seconds result detail
  shift
  if [ "$1" = --report ]; then
    report="$2"
    shift 2
    mkdir -p -- "${report%/*}"
    rm -f -- "$report"
  fi
  case " $checks_on " in *" $name "*) ;; *) return 0 ;; esac
  printf '\n── %s\n' "$name"
  export CHECK_DETAIL="$checks_folder/detail"
  : > "$CHECK_DETAIL"
  before="${EPOCHREALTIME:-$SECONDS}"
  set +e
  (set -eu; "$@") 2>&1 | tee "$checks_folder/output"
  status="${PIPESTATUS[0]}"
  set -e
  seconds="$(LC_ALL=C awk -v a="$before" -v b="${EPOCHREALTIME:-$SECONDS}" 'BEGIN { printf "%.1f", b - a }')"
  detail="$(checks_last_line "$CHECK_DETAIL")"
  [ -n "$detail" ] || detail="$(checks_last_line "$checks_folder/output")"
  case "$status" in
    0) result=PASS ;;
    75) result=ERROR ;;
    77) result='NOT RUN' ;;
    *) result=FAIL detail="${detail:-ended with status $status}" ;;
  esac
  if [ "$result" = PASS ] && [ -n "$report" ] && ! [ -s "$report" ]; then
    result=FAIL detail="did not write its report ${report##*/}"
  fi
  checks_record "$name" "$result" "$seconds" "$detail"
}

# The last line that says something, without colours and rulers.
checks_last_line() {
  sed -e $'s/\033\\[[0-9;]*[A-Za-z]//g' -e $'s/[\t\r\037]/ /g' -e 's/^[ =-]*//' -e 's/[ =-]*$//' "$1" |
    awk 'NF { line = $0 } END { print substr(line, 1, 120) }'
}

checks_end() {
  mkdir -p -- "${1%/*}"
  awk -F '\037' -v known="$checks_known" -v on="$checks_on" -v junit="$1" '
    function xml(text) {
      gsub(/&/, "\\&amp;", text); gsub(/</, "\\&lt;", text); gsub(/>/, "\\&gt;", text); gsub(/"/, "\\&quot;", text)
      return text
    }
    function row(name, result, seconds, detail, required) {
      printf "%-12s %-8s %8s  %s\n", name, result, seconds, detail
      count++
      if (result == "FAIL" || result == "ERROR" || required) { failed = failed " " name; failures++ }
      cases = cases sprintf("  <testcase classname=\"checks\" name=\"%s\" time=\"%s\">", xml(name), seconds + 0)
      if (result == "NOT RUN" && !required) { skips++; cases = cases "<skipped message=\"" xml(detail) "\"/>" }
      else if (result != "PASS") cases = cases "<failure message=\"" xml(result ": " detail) "\"/>"
      cases = cases "</testcase>\n"
    }
    { results[$1] = $2; seconds[$1] = $3; details[$1] = $4; if (index(" " known " ", " " $1 " ") == 0) strangers[$1] }
    END {
      printf "\n%-12s %-8s %8s  %s\n", "check", "result", "seconds", "detail"
      n = split(known, names, " ")
      for (i = 1; i <= n; i++) {
        name = names[i]
        if (name in results) row(name, results[name], seconds[name], details[name], 0)
        else if (index(" " on " ", " " name " ")) row(name, "NOT RUN", "", "required, but it was never started", 1)
        else row(name, "NOT RUN", "", "off in slipway.yaml", 0)
      }
      for (name in strangers) row(name, results[name], "", details[name], 0)
      printf "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"checks\" tests=\"%d\" failures=\"%d\" skipped=\"%d\">\n%s</testsuite>\n",
        count, failures, skips, cases > junit
      if (failures) printf "\n%d of %d checks did not pass:%s\n", failures, count, failed
      exit failures > 0
    }' "$checks_folder/results"
}
