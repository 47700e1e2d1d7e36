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

# within SECONDS COMMAND...: tries the command again until it succeeds or the time is over.
within() {
    local until=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$until" ] || return 1
        sleep 0.2
    done
}
