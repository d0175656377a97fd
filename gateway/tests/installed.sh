# Sourced by the scripts that use programs of the package registries: installs each set of versions once.
# Needs $here, the folder of the script, and $cache, where installed programs go.
# shellcheck shell=bash disable=SC2154

# fail MESSAGE: a program could not be installed.
fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 2
}

# installed NAME FILE... -- COMMAND...: runs COMMAND in the new folder $cache/NAME-<sum of FILEs>, once, and prints the folder.
installed() {
    local name=$1 files=() folder
    shift
    while [ "$1" != -- ]; do files+=("$1") && shift; done
    shift
    folder=$cache/$name-$(cat "${files[@]}" | sha256sum | cut -c1-12)
    if [ ! -e "$folder/.installed" ]; then
        rm -rf "$folder"
        mkdir -p "$folder"
        cp "${files[@]}" "$folder"
        (cd "$folder" && "$@") >"$folder/install.log" 2>&1 || fail "$name could not be installed: $(tail -n 3 "$folder/install.log")"
        touch "$folder/.installed"
    fi
    printf '%s' "$folder"
}

# npm_packages NAME FOLDER: what FOLDER/package-lock.json names.
npm_packages() {
    command -v npm >/dev/null || fail 'npm is missing. Install it with: apt-get install nodejs npm'
    installed "$1" "$2/package.json" "$2/package-lock.json" -- npm ci --no-audit --no-fund
}

# python_packages NAME REQUIREMENTS: a virtual environment with what REQUIREMENTS names.
python_packages() {
    command -v python3 >/dev/null || fail 'python3 is missing. Install it with: apt-get install python3 python3-venv'
    # shellcheck disable=SC2016 # expanded where it is installed
    installed "$1" "$2" -- bash -c 'python3 -m venv . && bin/pip install --quiet --disable-pip-version-check --requirement "$0"' "${2##*/}"
}

# newer_node: a Node of version 22 or newer, which the programs need; Debian 12 has 18.
newer_node() {
    local folder version
    version=$(dirname "${BASH_SOURCE[0]}")/node-version
    if [ "$(node --version | sed 's/^v\([0-9]*\).*/\1/')" -ge 22 ]; then
        command -v node
    else
        # shellcheck disable=SC2016 # expanded where it is installed
        folder=$(installed gateway-node "$version" -- bash -c 'npm install --no-audit --no-fund "node@$(cat node-version)"')
        printf '%s' "$folder/node_modules/.bin/node"
    fi
}
