# Sourced by the other scripts: what they need beside Rust, installed from the package registries.
# shellcheck shell=bash

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT" || exit 2
# Installed tools. Deleting the folder is harmless: the next run fills it again.
CACHE=${MCP_FLEET_CACHE:-$ROOT/.cache}
mkdir -p "$CACHE"

# say TEXT...: a heading, on standard error.
say() { printf '\n== %s\n' "$*" >&2; }

# missing WHAT HOW: one line that says what is missing and how to install it; ends the script.
missing() {
    printf '%s: %s is missing. Install it with: %s\n' "${0##*/}" "$1" "$2" >&2
    exit 2
}

# need_rust: cargo and a C compiler (aws-lc and libgit2 are C).
need_rust() {
    command -v cargo >/dev/null || missing cargo "https://rustup.rs"
    command -v cc >/dev/null || missing 'a C compiler' 'apt-get install build-essential'
}

# apt_install PACKAGE COMMAND: a Debian package, unless its command is there already.
apt_install() {
    command -v "$2" >/dev/null && return
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$1"; } \
            >"$CACHE/apt-$1.log" 2>&1 || true
    fi
    command -v "$2" >/dev/null || missing "$2" "apt-get install $1"
}

# python_tools NAME REQUIREMENT...: a virtual environment of its own in $CACHE/NAME, made once a set of versions.
python_tools() {
    local name=$1 folder=$CACHE/$1
    shift
    if [ "$(cat "$folder/.installed" 2>/dev/null)" != "$*" ]; then
        command -v python3 >/dev/null || apt_install python3 python3
        rm -rf "$folder"
        python3 -m venv "$folder" >/dev/null 2>&1 || {
            rm -rf "$folder"
            [ "$(id -u)" = 0 ] && apt-get install -y --no-install-recommends python3-venv >"$CACHE/apt-python3-venv.log" 2>&1
            python3 -m venv "$folder" >/dev/null 2>&1 || missing 'the Python venv module' 'apt-get install python3-venv'
        }
        "$folder/bin/pip" install --quiet --disable-pip-version-check "$@" >&2 || return 1
        printf '%s' "$*" >"$folder/.installed"
    fi
}

# local_aws_tools: what scripts/aws needs, a local AWS and its clients, in the Python $LOCAL_AWS_PYTHON.
LOCAL_AWS_PYTHON=$CACHE/local-aws/bin/python
local_aws_tools() {
    [ -e "$LOCAL_AWS_PYTHON" ] || say "Installing a local AWS into ${CACHE#"$ROOT/"} (once)"
    # shellcheck disable=SC2046 # one word a requirement
    python_tools local-aws $(cat "$ROOT/scripts/aws/requirements.txt")
}
