# shellcheck shell=bash
# Shared by the scripts beside it; sourced, not run.

step_title='' step_began=$SECONDS

# Announces a step, and says how long the one before it took.
step() {
    step_end
    step_title=$* step_began=$SECONDS
    printf '\n==> %s\n' "$step_title"
}

# Ends the current step.
step_end() {
    [ -z "$step_title" ] || printf '<== %s: %d s\n' "$step_title" $((SECONDS - step_began))
    step_title=''
}

say() { printf '    %s\n' "$*"; }

die() {
    printf '    FAILED: %s\n' "$*" >&2
    exit 1
}

# need COMMAND PACKAGE...: installs Debian packages unless the command is there.
need() {
    local command=$1
    shift
    command -v "$command" >/dev/null && return
    say "installing $* for $command"
    [ -n "${apt_updated:-}" ] || apt-get update -qq
    apt_updated=yes
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@" >/dev/null
}

# first_answer BEGAN COMMAND...: starts the server, says how long its first answer took from BEGAN (in milliseconds since
# 1970), and stops it.
first_answer() {
    local began=$1 ready server
    shift
    ready=$(mktemp -u)
    "$@" --listen 127.0.0.1:0 --ready-file "$ready" >/dev/null 2>&1 &
    server=$!
    until [ -s "$ready" ]; do
        kill -0 "$server" 2>/dev/null || die "$* does not start"
        sleep 0.01
    done
    curl --silent --fail --noproxy '*' --output /dev/null \
        "$(sed -n 's/.*"baseUrl":"\([^"]*\)".*/\1/p' "$ready")/assignments/summaries" || die "$* does not answer"
    say "from installing to the first answer: $(($(date +%s%3N) - began)) ms"
    kill "$server"
    wait "$server" || die "$* ends with $? after SIGTERM"
}

# within SECONDS COMMAND...: tries the command again until it succeeds or the time is over.
within() {
    local until=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$until" ] || return 1
        sleep 0.2
    done
}
